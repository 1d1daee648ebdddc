import type { FastifyRequest } from 'fastify'
import { KeelsonError } from 'keelson'
import type { ApiKey, Directory, Permission, Tenant } from '../directory/index.ts'
import { permissionsOf } from '../directory/index.ts'

/** Who calls, and for which tenant. */
export interface Caller {
  readonly key: ApiKey
  readonly tenant: Tenant | undefined
}

/** A caller who acts for a tenant. */
export interface TenantCaller {
  readonly key: ApiKey
  readonly tenant: Tenant
}

/**
 * The caller of a request: the key decides the tenant, so no route has a tenant parameter to forget. Only a platform
 * administrator's key names the one it acts for, in the header `Keelson-Tenant`.
 *
 * @throws KeelsonError `authentication_required`, `authentication_failed`, `tenant_mismatch`, `tenant_unknown`.
 */
export async function identify(request: FastifyRequest, directory: Directory): Promise<Caller> {
  const secret = bearerToken(request.headers.authorization)
  const key = await directory.authenticate(secret)
  if (!key) throw new KeelsonError('authentication_failed')
  const named = request.headers['keelson-tenant']
  if (key.tenantId !== null) {
    if (named !== undefined && named !== key.tenantId) {
      throw new KeelsonError('tenant_mismatch', 'The header Keelson-Tenant names another tenant than the key')
    }
    return { key, tenant: await directory.tenant(key.tenantId) }
  }
  return { key, tenant: typeof named === 'string' ? await directory.tenant(named) : undefined }
}

/** @throws KeelsonError `permission_denied` naming the permission that is missing. */
export function requirePermission(caller: Caller, permission: Permission): void {
  if (permissionsOf[caller.key.role].includes(permission)) return
  throw new KeelsonError(
    'permission_denied',
    `The role "${caller.key.role}" does not have the permission ${permission}`,
    { permission },
  )
}

/** @throws KeelsonError `tenant_required` for a platform key without `Keelson-Tenant`. */
export function requireTenant(caller: Caller): TenantCaller {
  if (!caller.tenant) throw new KeelsonError('tenant_required')
  return { key: caller.key, tenant: caller.tenant }
}

/** The tenant of a caller who may read its events. */
export async function readerOf(request: FastifyRequest, directory: Directory): Promise<Tenant> {
  const caller = requireTenant(await identify(request, directory))
  requirePermission(caller, 'events:read')
  return caller.tenant
}

function bearerToken(header: string | undefined): string {
  if (header === undefined) throw new KeelsonError('authentication_required')
  const token = /^Bearer +([\x21-\x7e]{1,512})$/i.exec(header)?.[1]
  if (token === undefined)
    throw new KeelsonError('authentication_failed', 'The header Authorization is not `Bearer <key>`')
  return token
}
