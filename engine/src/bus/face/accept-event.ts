import { AsyncLocalStorage } from 'node:async_hooks'
import type { BaseEvent, Envelope, JsonObject, JsonValue } from '../../core/index.ts'
import {
  currentContext,
  isBaseEvent,
  isJsonObject,
  KeelsonError,
  platformTenant,
  tenantIdPattern,
} from '../../core/index.ts'
import { defaultMaxHops, withHops } from '../publish/with-hops.ts'
import type { EmitOptions } from './bus-event.ts'
import type { AcceptedEvent } from './carrier/carrier.ts'
import type { Crossing } from './tenant/crossing.ts'
import { crossingOf, demandCrossing, isCrossingGranted } from './tenant/crossing.ts'
import type { PermissionCheck } from './tenant/permission-check.ts'

/**
 * Takes an event from an emitter: a copy of it as JSON, so that nothing done to it later shows, with the tenant and the
 * channel in its metadata.
 *
 * @throws KeelsonError `envelope_invalid` for what is no event of the bus, `tenant_context_missing`, `tenant_mismatch`,
 * `cross_tenant_invalid`, `cross_tenant_denied`, `event_loop`.
 */
export async function acceptEvent(
  channel: string,
  given: BaseEvent,
  options: EmitOptions,
  permissions: PermissionCheck | undefined,
): Promise<AcceptedEvent> {
  const within = AsyncLocalStorage.snapshot()
  // A handler that emits is to hear of a loop itself.
  const event = withHops(copyOf(given), defaultMaxHops)
  const metadata = metadataOf(event)
  const crossing = crossingOf(metadata)
  if (crossing !== undefined && !isCrossingGranted(given)) await allow(crossing, permissions)
  const tenantId = crossing?.sourceTenantId ?? tenantOf(metadata)
  return {
    channel,
    eventId: event['id'] as string,
    tenantId,
    targetTenantId: crossing?.targetTenantId,
    orderingKey: keyOf(metadata),
    priority: options.priority ?? 'normal',
    event: { ...event, metadata: { ...metadata, tenantId, channel } },
    options: { ...options },
    within,
  }
}

/** Of events about one entity each consumer has the order, and of those about none in particular. */
export const channelOrder = ({ metadata = {}, aggregateId }: Envelope): string => keyOf(metadata, aggregateId)

function keyOf({ entityId }: Readonly<Record<string, JsonValue | undefined>>, aggregateId?: string): string {
  if (typeof entityId === 'string') return `entity ${entityId}`
  return aggregateId === undefined ? 'no entity' : `aggregate ${aggregateId}`
}

function copyOf(given: BaseEvent): JsonObject {
  let copy: JsonValue
  try {
    copy = JSON.parse(JSON.stringify(given) ?? 'null')
  } catch (error) {
    throw new KeelsonError('envelope_invalid', 'The event cannot be written as JSON', {}, error)
  }
  if (!isBaseEvent(copy) || typeof copy['id'] !== 'string')
    throw new KeelsonError(
      'envelope_invalid',
      'An event of the bus has id, type, source, time and dataVersion',
    )
  return copy
}

function metadataOf({ metadata = {} }: JsonObject): JsonObject {
  if (isJsonObject(metadata)) return metadata
  throw new KeelsonError('envelope_invalid', 'The metadata of an event is an object')
}

/** The event's own tenant; one that runs in a tenant's context cannot emit for another. */
function tenantOf({ tenantId }: JsonObject): string {
  const { tenantId: acting } = currentContext()
  const found = tenantId ?? acting
  if (found === undefined || found === '') throw new KeelsonError('tenant_context_missing')
  if (typeof found !== 'string' || !tenantIdPattern.test(found))
    throw new KeelsonError('envelope_invalid', 'metadata.tenantId must be 1 to 64 of a-z 0-9 -')
  if (acting !== undefined && acting !== found && acting !== platformTenant)
    throw new KeelsonError('tenant_mismatch', `What runs in tenant "${acting}" cannot emit for "${found}"`)
  return found
}

async function allow({ sourceTenantId }: Crossing, permissions: PermissionCheck | undefined): Promise<void> {
  const { tenantId: acting, actor } = currentContext()
  if (acting !== undefined && acting !== sourceTenantId && acting !== platformTenant)
    throw new KeelsonError('cross_tenant_denied', `What runs in tenant "${acting}" cannot emit for another`)
  await demandCrossing(permissions, sourceTenantId, actor)
}
