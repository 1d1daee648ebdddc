import type { FastifyRequest } from 'fastify'
import { KeelsonError } from 'keelson'
import type { Viewer } from '../../delivery/index.ts'
import type { ApiKey, Directory } from '../../directory/index.ts'
import { permissionsOf } from '../../directory/index.ts'
import { admit, identify } from '../access.ts'

/** Who asks about deliveries, and whose they may be. */
export interface DeliveryCaller extends Viewer {
  readonly key: ApiKey
}

/** A caller who acts for a tenant. */
export interface TenantViewer extends DeliveryCaller {
  readonly tenantId: string
}

/**
 * A platform administrator sees the platform's subscriptions too, and those of the tenant that `Keelson-Tenant` names.
 * @throws KeelsonError as `identify`, and `permission_denied`.
 */
export async function deliveryCaller(request: FastifyRequest, directory: Directory): Promise<DeliveryCaller> {
  const caller = await identify(request, directory)
  admit(request, caller)
  if (caller.key.tenantId !== null && !caller.tenant) throw new KeelsonError('tenant_required')
  const isPlatform = permissionsOf[caller.key.role].includes('tenants:manage')
  return { key: caller.key, tenantId: caller.tenant?.id, isPlatform }
}

/** @throws KeelsonError as `deliveryCaller`, and `tenant_required`. */
export async function tenantViewer(request: FastifyRequest, directory: Directory): Promise<TenantViewer> {
  const caller = await deliveryCaller(request, directory)
  if (caller.tenantId === undefined) throw new KeelsonError('tenant_required')
  return { ...caller, tenantId: caller.tenantId }
}
