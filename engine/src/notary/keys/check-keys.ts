import { KeelsonError } from '../../core/index.ts'
import type { Document, EventStore } from '../../store/index.ts'
import { countUnlinked } from './check-links.ts'
import { collections, pagesOf, textOf, versionId } from './key-documents.ts'
import { secretName } from './log-keys.ts'
import type { KeyCheckOptions, RootKey } from './port.ts'
import type { TenantKeyStore } from './tenant/tenant-key-store.ts'
import type { TenantKeys } from './tenant/tenant-keys.ts'
import { wrappingVersion } from './tenant/tenant-keys.ts'

/** Whether any tenant of the store has keys: then a root key that is not there must not be made anew. */
export async function hasKeys(store: EventStore): Promise<boolean> {
  return (await firstKey(store)) !== undefined
}

/** @throws KeelsonError as {@link RootKey} where the root key does not open what is in the store. */
export async function checkRoot(store: EventStore, root: RootKey): Promise<void> {
  const document = await firstKey(store)
  if (document) (await root.unwrap(textOf(document, 'wrapped'), document.tenantId)).fill(0)
}

async function firstKey(store: EventStore): Promise<Document | undefined> {
  const [document] = await store.documents({ tenantId: 'every tenant' }, collections.tenantKey, { limit: 1 })
  return document
}

/** As `KeyRing.check`. */
export async function checkKeys(
  store: EventStore,
  tenantKeys: TenantKeyStore,
  tenantId: string,
  options: KeyCheckOptions,
): Promise<void> {
  const first = await findFaults(store, tenantKeys, tenantId, options)
  // Rotated while it looked, perhaps.
  const faults =
    first.missing + first.wrong + first.unlinked > 0
      ? await findFaults(store, tenantKeys, tenantId, options)
      : first
  const { missing, wrong, unlinked } = faults
  if (missing > 0) {
    const message = `${missing} keys of tenant "${tenantId}" are wrapped by a version of its key that is not there`
    throw new KeelsonError('key_ring_incomplete', message, { tenantId, missing })
  }
  if (wrong > 0) {
    const message = `${wrong} keys of tenant "${tenantId}" cannot be opened: they were altered, or are another tenant's`
    throw new KeelsonError('key_ring_wrong', message, { tenantId, wrong })
  }
  if (unlinked > 0) {
    const message = `${unlinked} keys of tenant "${tenantId}" are not found by their subject: an erasure would pass them over`
    throw new KeelsonError('key_ring_incomplete', message, { tenantId, unlinked })
  }
}

interface Faults {
  missing: number
  wrong: number
  /** Data keys that are not found by their subject; only looked for where all are gone through. */
  unlinked: number
}

async function findFaults(
  store: EventStore,
  tenantKeys: TenantKeyStore,
  tenantId: string,
  { isWhole = false, signal }: KeyCheckOptions,
): Promise<Faults> {
  const faults = { missing: 0, wrong: 0, unlinked: 0 }
  const keys = await tenantKeys.load(tenantId)
  if (!keys) return faults
  try {
    const { log } = keys.state
    if (log > 0)
      checkOne(
        keys,
        await store.document(tenantId, collections.logKey, versionId(log)),
        secretName(log),
        faults,
      )
    for await (const page of pagesOf(store, tenantId, collections.dataKey, { limit: 1_000, signal })) {
      for (const document of page) checkOne(keys, document, document.id, faults)
      if (!isWhole) break
      faults.unlinked += await countUnlinked(store, page)
    }
    return faults
  } finally {
    keys.close()
  }
}

function checkOne(keys: TenantKeys, document: Document | undefined, what: string, faults: Faults): void {
  const wrapped = document && textOf(document, 'wrapped')
  if (wrapped === undefined || !keys.has(wrappingVersion(wrapped))) {
    faults.missing += 1
    return
  }
  try {
    keys.unwrap(wrapped, what).fill(0)
  } catch (error) {
    if (!(error instanceof KeelsonError) || error.code !== 'key_ring_wrong') throw error
    faults.wrong += 1
  }
}
