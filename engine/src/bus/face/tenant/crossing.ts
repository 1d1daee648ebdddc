import type { JsonObject } from '../../../core/index.ts'
import { KeelsonError, tenantIdPattern } from '../../../core/index.ts'
import type { PermissionCheck } from './permission-check.ts'
import { crossTenantPermission } from './permission-check.ts'

/** From which tenant an event crosses to which. */
export interface Crossing {
  readonly sourceTenantId: string
  readonly targetTenantId: string
}

/** No member of any JSON, so it cannot come from outside: only who has checked the permission sets it. */
const granted = Symbol('crossing granted')

/** The event, with the mark that its crossing was allowed. */
export const grantCrossing = <Event extends object>(event: Event): Event =>
  Object.assign(event, { [granted]: true })

export const isCrossingGranted = (event: object): boolean =>
  (event as { readonly [granted]?: unknown })[granted] === true

/**
 * The crossing that an event's metadata name; undefined where it crosses to no other tenant.
 * @throws KeelsonError `cross_tenant_invalid`.
 */
export function crossingOf(metadata: JsonObject): Crossing | undefined {
  const { crossTenant, sourceTenantId, targetTenantId, tenantId } = metadata
  if (crossTenant !== true) return undefined
  const crossing = checkCrossing(sourceTenantId ?? tenantId, targetTenantId)
  if (tenantId === undefined || tenantId === crossing.sourceTenantId) return crossing
  throw new KeelsonError('cross_tenant_invalid', 'An event that crosses belongs to the tenant it comes from')
}

/** @throws KeelsonError `cross_tenant_invalid`. */
export function checkCrossing(source: unknown, target: unknown): Crossing {
  if (!isTenant(source) || !isTenant(target) || source === target)
    throw new KeelsonError('cross_tenant_invalid')
  return { sourceTenantId: source, targetTenantId: target }
}

/** @throws KeelsonError `cross_tenant_denied` unless the permission is there for certain. */
export async function demandCrossing(
  permissions: PermissionCheck | undefined,
  tenantId: string,
  userId: string | undefined,
): Promise<void> {
  const answer = await permissions?.hasPermission(crossTenantPermission, { tenantId, userId })
  if (answer === true) return
  const message =
    permissions === undefined
      ? 'Nothing can say who may emit events from one tenant to another, so nobody may'
      : `The permission ${crossTenantPermission} is needed in tenant "${tenantId}"`
  throw new KeelsonError('cross_tenant_denied', message, { permission: crossTenantPermission })
}

const isTenant = (value: unknown): value is string => typeof value === 'string' && tenantIdPattern.test(value)
