import type { FastifyRequest } from 'fastify'
import { platformTenant } from 'keelson'
import type { Permission } from '../../directory/index.ts'
import { keyOf, requirePermission } from '../access.ts'
import type { TenantViewer } from '../delivery/delivery-caller.ts'
import { tenantViewer } from '../delivery/delivery-caller.ts'
import type { ServerContext } from '../server-context.ts'

/**
 * A caller who acts on a tenant's log. Whoever runs the platform reads its own log too, which has the heads of all others.
 * @throws KeelsonError as `tenantViewer`.
 */
export async function logCaller(
  request: FastifyRequest,
  { directory }: ServerContext,
  permission: Permission,
): Promise<TenantViewer> {
  if (permission === 'log:read' && request.headers['keelson-tenant'] === platformTenant) {
    const key = await keyOf(request, directory)
    if (key.tenantId === null) {
      requirePermission({ key, tenant: undefined }, permission)
      return { key, tenantId: platformTenant, isPlatform: true }
    }
  }
  return tenantViewer(request, directory, permission)
}
