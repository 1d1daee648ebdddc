import type { AuditFilter } from '@keelson/contexts/audit'
import type { FastifyRequest } from 'fastify'
import type { EventStore } from 'keelson'
import { KeelsonError } from 'keelson'
import type { ApiKey, Directory, Permission, Tenant } from '../directory/index.ts'
import { permissionsOf } from '../directory/index.ts'
import { QueryReader } from './query.ts'
import type { ServerContext } from './server-context.ts'

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
  const key = await keyOf(request, directory)
  const named = request.headers['keelson-tenant']
  if (key.tenantId !== null) {
    if (named !== undefined && named !== key.tenantId) {
      throw new KeelsonError('tenant_mismatch', 'The header Keelson-Tenant names another tenant than the key')
    }
    return { key, tenant: await directory.tenant(key.tenantId) }
  }
  return { key, tenant: typeof named === 'string' ? await directory.tenant(named) : undefined }
}

/** The key of a request. @throws KeelsonError `authentication_required`, `authentication_failed`. */
export async function keyOf(request: FastifyRequest, directory: Directory): Promise<ApiKey> {
  const key = await directory.authenticate(bearerToken(request.headers.authorization))
  if (!key) throw new KeelsonError('authentication_failed')
  return key
}

/** What a key must be allowed to for a route; of those that take any key, or none, that. */
export type RoutePermission = Permission | 'any key' | 'open'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The one place that says what a route asks for: it is enforced, described and tested from here. */
    readonly permission?: RoutePermission
  }
}

/** @throws KeelsonError `permission_denied` naming the permission of the route that the caller lacks. */
export function requirePermission({ routeOptions }: FastifyRequest, caller: Caller): void {
  const { permission } = routeOptions.config
  if (permission === undefined || permission === 'any key' || permission === 'open')
    throw new KeelsonError('internal_error', `${routeOptions.url} does not say what its callers may do`)
  if (permissionsOf[caller.key.role].includes(permission)) return
  throw new KeelsonError(
    'permission_denied',
    `The role "${caller.key.role}" does not have the permission ${permission}`,
    { permission },
  )
}

/**
 * Lets a caller in who may use the route. What is asked of a route that knows no parameters is refused here.
 *
 * @throws KeelsonError `permission_denied`, `query_invalid`.
 */
export function admit(request: FastifyRequest, caller: Caller): void {
  requirePermission(request, caller)
  const { querystring } = (request.routeOptions.schema ?? {}) as { readonly querystring?: unknown }
  if (querystring === undefined) refuseParameters(request)
}

/** For a route that knows no parameters. @throws KeelsonError `query_invalid`. */
export function refuseParameters({ query }: FastifyRequest): void {
  new QueryReader(query, []).done()
}

/** @throws KeelsonError `tenant_required` for a platform key without `Keelson-Tenant`. */
export function requireTenant(caller: Caller): TenantCaller {
  if (!caller.tenant) throw new KeelsonError('tenant_required')
  return { key: caller.key, tenant: caller.tenant }
}

/** The tenant of a caller who may read its events. */
export async function readerOf(request: FastifyRequest, directory: Directory): Promise<Tenant> {
  const caller = requireTenant(await identify(request, directory))
  admit(request, caller)
  return caller.tenant
}

/** What a caller reads its tenant's events from. */
export interface Reading {
  readonly tenant: Tenant
  /** Gives personal fields as digests where the caller may not see them. */
  readonly store: EventStore
  readonly seesPersonal: boolean
}

/** The reading of a caller who may read events, whole or with personal fields masked. */
export async function readingOf(
  request: FastifyRequest,
  { directory, platform, masked }: ServerContext,
): Promise<Reading> {
  const caller = requireTenant(await identify(request, directory))
  admit(request, caller)
  const seesPersonal = permissionsOf[caller.key.role].includes('personal:read')
  return { tenant: caller.tenant, store: seesPersonal ? platform.store : masked, seesPersonal }
}

/**
 * Refuses to find events by who they are about to a caller who does not see that: each answer would tell.
 *
 * @throws KeelsonError `permission_denied`.
 */
export function refuseProbing({ seesPersonal }: Reading, filter: AuditFilter): void {
  const parameter = filter.actor ? 'actor' : filter.text === undefined ? undefined : 'q'
  if (seesPersonal || parameter === undefined) return
  throw new KeelsonError(
    'permission_denied',
    `The parameter ${parameter} finds events by personal fields, which this key does not see: leave it out`,
    { permission: 'personal:read' },
  )
}

function bearerToken(header: string | undefined): string {
  if (header === undefined) throw new KeelsonError('authentication_required')
  const token = /^Bearer +([\x21-\x7e]{1,512})$/i.exec(header)?.[1]
  if (token === undefined)
    throw new KeelsonError('authentication_failed', 'The header Authorization is not `Bearer <key>`')
  return token
}
