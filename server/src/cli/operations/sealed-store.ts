import { dirname } from 'node:path'
import type { EventStore } from 'keelson'
import { hasKeys, openSealed } from 'keelson/notary'
import { openKeys } from '../../start/open-keys.ts'
import type { StartOptions } from '../../start/options.ts'
import type { Opened } from './open-place.ts'
import type { Place } from './place.ts'

/** How the keys of a store are found: settings of the command. */
export type KeySettings = Partial<Pick<StartOptions, 'keys' | 'masterKey' | 'vaultToken' | 'logName'>>

/** The store with its keys, where it has any: without them a read model would be made of digests. */
export async function withKeys(
  store: EventStore,
  place: Place,
  settings: KeySettings,
): Promise<Opened<EventStore>> {
  if (!(await hasKeys(store))) return { it: store, [Symbol.asyncDispose]: async () => undefined }
  const dataDir = place.kind === 'sqlite' ? dirname(place.path) : '.keelson'
  const ring = await openKeys(store, { dataDir, ...settings })
  return { it: openSealed(store, ring), [Symbol.asyncDispose]: () => ring.close() }
}
