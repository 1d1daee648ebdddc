import type { FastifyRequest } from 'fastify'
import { platformTenant } from 'keelson'
import { admit, keyOf } from '../access.ts'
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
): Promise<TenantViewer> {
  if (
    request.routeOptions.config.permission === 'log:read' &&
    request.headers['keelson-tenant'] === platformTenant
  ) {
    const key = await keyOf(request, directory)
    if (key.tenantId === null) {
      admit(request, { key, tenant: undefined })
      return { key, tenantId: platformTenant, isPlatform: true }
    }
  }
  return tenantViewer(request, directory)
}
