import type { FastifyRequest } from 'fastify'
import { KeelsonError, platformTenant, runInContext } from 'keelson'
import type { Directory } from '../../directory/index.ts'
import { admit, identify, requirePermission } from '../access.ts'

/** Whose schemas a request is about, and in whose name. */
export interface RegistryCaller {
  /** The tenant's id; the platform where a platform administrator names no tenant. */
  readonly scope: string
  /** Runs what changes the registry, so that its events say who asked for it. */
  act<Result>(work: () => Promise<Result>): Promise<Result>
}

/** @throws KeelsonError as `identify`, and `permission_denied`. */
export async function registryCaller(request: FastifyRequest, directory: Directory): Promise<RegistryCaller> {
  const caller = await identify(request, directory)
  // Clients of other registries send parameters of which this one knows nothing.
  const isForeign = !request.routeOptions.url?.startsWith('/v1/')
  if (isForeign) requirePermission(request, caller)
  else admit(request, caller)
  if (caller.key.tenantId !== null && !caller.tenant) throw new KeelsonError('tenant_required')
  const scope = caller.tenant?.id ?? platformTenant
  return {
    scope,
    act: work => runInContext({ tenantId: scope, actor: caller.key.id, source: caller.key.name }, work),
  }
}
