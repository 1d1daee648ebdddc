import { setTimeout as pause } from 'node:timers/promises'
import type { Platform } from 'keelson'
import { KeelsonError } from 'keelson'
import { forgetOwners } from 'keelson/delivery'
import { noteLogDeletion } from 'keelson/notary'
import { subscriptionsOf } from '../delivery/index.ts'
import type { Directory } from '../directory/index.ts'
import { cacheTime } from '../directory/index.ts'

export interface DeleteTenantOptions {
  readonly signal?: AbortSignal
  /** Milliseconds for other servers to notice that the tenant is closed; default what they may take. */
  readonly grace?: number
}

export interface DeletedTenant {
  readonly events: number
  /** Whether it was noted that its log went with it; not where nothing says which log that was. */
  readonly isLogNoted: boolean
}

/**
 * Deletes a tenant with its keys, its events and what read models have of them; its id is free afterwards. Goes on
 * where an earlier call was cut off.
 *
 * @throws KeelsonError `tenant_unknown`.
 */
export async function deleteTenant(
  platform: Platform,
  directory: Directory,
  id: string,
  { signal, grace = cacheTime + 1_000 }: DeleteTenantOptions = {},
): Promise<DeletedTenant> {
  if (!(await directory.closeTenant(id)))
    throw new KeelsonError('tenant_unknown', `There is no tenant "${id}"`)
  // A server that still takes the tenant's events would begin a new log for it after this one is gone.
  await pause(grace, undefined, signal === undefined ? {} : { signal })
  const isLogNoted = await noteLogDeletion(platform.store, id)
  const deleted = await platform.deleteTenant(id, signal === undefined ? {} : { signal })
  // Who owned its subscriptions is the platform's to know, and names the tenant.
  await forgetOwners(platform.store, subscriptionsOf(id))
  await directory.removeTenant(id)
  return { ...deleted, isLogNoted }
}
