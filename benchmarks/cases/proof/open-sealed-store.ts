import type { EventStore } from 'keelson'
import type { KeyRing } from 'keelson/notary'
import { openFileRootKey, openKeyRing, openSealed } from 'keelson/notary'
import { openSqliteStore } from 'keelson/sqlite'

export const logName = 'bench.example'

export interface SealedStore {
  /** Without keys. */
  readonly plain: EventStore
  readonly sealed: EventStore
  readonly ring: KeyRing
}

/** A SQLite store with its keys in a file beside it. */
export async function openSealedStore(path: string): Promise<SealedStore> {
  const plain = await openSqliteStore({ path })
  const root = await openFileRootKey({ path: `${path}.key`, create: true })
  const ring = await openKeyRing(plain, root, { logName })
  return { plain, sealed: openSealed(plain, ring), ring }
}
