import type { EventStore } from '../../../store/index.ts'
import { deletedLogs, firstKeyId } from '../../keys/index.ts'
import type { RememberedHead } from './port.ts'

/** A head that is remembered of a tenant's log, which the id of its first key tells apart. */
export interface LogMemory extends RememberedHead {
  readonly keyId: string
}

/** What is remembered of the logs of a tenant, of the longest first. */
export const headsOf = (heads: ReadonlyMap<string, RememberedHead>, tenantId: string): readonly LogMemory[] =>
  [...heads]
    .flatMap(([id, head]) =>
      tenantOf(id) === tenantId ? { ...head, keyId: id.slice(tenantId.length + 1) } : [],
    )
    .sort((one, other) => other.size - one.size)

/**
 * Logs of a tenant that are remembered and of which not even the keys are left, though nobody noted that they went with
 * their tenant; the longest first.
 *
 * @throws KeelsonError `key_ring_incomplete`, or TypeError, where the keys that there are cannot be read.
 */
export async function lostLogs(
  store: EventStore,
  tenantId: string,
  remembered: ReadonlyMap<string, RememberedHead>,
): Promise<readonly LogMemory[]> {
  const present = await firstKeyId(store, tenantId)
  const deleted = await deletedLogs(store, tenantId)
  return headsOf(remembered, tenantId).filter(({ keyId }) => keyId !== present && !deleted.includes(keyId))
}

/** What is said of a log that is remembered, and of which nothing is left. */
export const lostLog = ({ size }: RememberedHead): string =>
  `The log was signed up to ${size} leaves by a key that is gone, and no deletion of its tenant is known: see whether its log ` +
  'is there in a backup, or note that the tenant was deleted (`keelson log accept-deletion`)'

/** Tenants of whose logs a head is remembered. */
export const rememberedTenants = (heads: ReadonlyMap<string, RememberedHead>): ReadonlySet<string> =>
  new Set([...heads.keys()].map(tenantOf))

/** The tenant of a log by its id. */
export const tenantOf = (id: string): string => id.slice(0, id.lastIndexOf('+'))
