import type { JsonObject } from '../../../core/index.ts'
import { KeelsonError } from '../../../core/index.ts'
import type { Document, DocumentChange, EventStore } from '../../../store/index.ts'
import {
  allOf,
  collections,
  pagesOf,
  readState,
  stateChange,
  textOf,
  versionId,
  versionOf,
} from '../key-documents.ts'
import { secretName } from '../log-keys.ts'
import type { RewrapOptions } from '../port.ts'
import type { TenantKeyCache } from '../tenant/tenant-key-cache.ts'
import type { TenantKeyStore } from '../tenant/tenant-key-store.ts'
import type { TenantKeys } from '../tenant/tenant-keys.ts'
import { newSecret, pepperId, wrappingVersion } from '../tenant/tenant-keys.ts'

/** How far a rotation is. The document stays, so that its revisions are never used twice. */
interface Rotation extends JsonObject {
  /** The version that all is wrapped under in the end. */
  readonly to: number
  readonly isDone: boolean
  /** Data keys up to this kid are done. */
  readonly after: string
  readonly rewrapped: number
}

interface KeptRotation extends Rotation {
  readonly revision: number
}

export interface RotationTools {
  readonly store: EventStore
  readonly tenants: TenantKeyCache
  readonly tenantKeys: TenantKeyStore
  readonly random: (bytes: Uint8Array) => void
  readonly pageSize: number
}

/**
 * Wraps all of a tenant's keys under a new version of its own key, in units that each leave a ring that can be read: the
 * version is added and wraps what is new from then on; page by page what is there is wrapped anew; the versions before
 * it go when nothing is wrapped by them. What wraps by an older version meanwhile is refused by the state's revision.
 */
export async function rotateTenantKey(
  tools: RotationTools,
  tenantId: string,
  { signal, onProgress }: RewrapOptions = {},
): Promise<{ readonly rewrapped: number }> {
  const step = <Result>(work: (keys: TenantKeys) => Promise<Result>): Promise<Result> =>
    tools.tenants.retrying(tenantId, () => tools.tenants.make(tenantId, work))
  await step(keys => begin(tools, keys))
  tools.tenants.drop(tenantId)
  for (;;) {
    signal?.throwIfAborted()
    const { isDone, rewrapped } = await step(keys => nextPage(tools, keys))
    onProgress?.({ rewrapped })
    if (isDone) {
      tools.tenants.drop(tenantId)
      return { rewrapped }
    }
  }
}

/** Adds the version, unless a rotation is under way already. */
async function begin({ store, tenantKeys, random }: RotationTools, keys: TenantKeys): Promise<void> {
  const { tenantId, state } = keys
  const rotation = await readRotation(store, tenantId)
  if (rotation && !rotation.isDone) return
  const key = newSecret(random)
  try {
    const to = state.version + 1
    const documents = [
      stateChange(tenantId, state, { ...state, version: to }),
      await tenantKeys.versionDocument(tenantId, to, key),
      rotationChange(tenantId, rotation, { to, isDone: false, after: '', rewrapped: 0 }),
    ]
    await store.commit({ scope: { tenantId }, documents })
  } finally {
    key.fill(0)
  }
}

async function nextPage({ store, pageSize }: RotationTools, keys: TenantKeys): Promise<Rotation> {
  const { tenantId } = keys
  const rotation = await readRotation(store, tenantId)
  if (!rotation) throw new KeelsonError('document_conflict', 'The rotation has not begun')
  if (rotation.isDone) return rotation
  // Wrapping would be by an older version: the keys are read again.
  if (keys.state.version !== rotation.to) {
    const now = await readState(store, tenantId)
    throw new KeelsonError('document_conflict', `The key stands at version ${now?.version ?? 0}`)
  }
  const after = rotation.after === '' ? undefined : rotation.after
  const pages = pagesOf(store, tenantId, collections.dataKey, { after, limit: pageSize })
  const { value: page } = await pages.next()
  const next = page ? afterPage(rotation, keys, page) : await atTheEnd(store, rotation, keys)
  const documents = [rotationChange(tenantId, rotation, next.rotation), ...next.changes]
  await store.commit({ scope: { tenantId }, documents })
  return next.rotation
}

interface Step {
  readonly rotation: Rotation
  readonly changes: readonly DocumentChange[]
}

function afterPage({ to, rewrapped }: Rotation, keys: TenantKeys, page: readonly Document[]): Step {
  const changes = page.flatMap(document => rewrap(keys, document, document.id, to))
  const after = page.at(-1)?.id ?? ''
  return { rotation: { to, isDone: false, after, rewrapped: rewrapped + changes.length }, changes }
}

/** The few other keys, and the end of the versions that wrapped them. */
async function atTheEnd(
  store: EventStore,
  { to, after, rewrapped }: Rotation,
  keys: TenantKeys,
): Promise<Step> {
  const { tenantId } = keys
  const pepper = await store.document(tenantId, collections.pepper, pepperId)
  const logKeys = await allOf(store, tenantId, collections.logKey)
  const changes = [
    ...(pepper ? rewrap(keys, pepper, pepperId, to) : []),
    ...logKeys.flatMap(document => rewrap(keys, document, secretName(versionOf(document)), to)),
  ]
  const versions = await allOf(store, tenantId, collections.tenantKey)
  const old = versions.map(versionOf).filter(version => version < to)
  const deletions = old.map(version => ({
    tenantId,
    collection: collections.tenantKey,
    id: versionId(version),
  }))
  const rotation = { to, isDone: true, after, rewrapped: rewrapped + changes.length }
  return { rotation, changes: [...changes, ...deletions] }
}

/** The change that wraps a key anew; none where it is under the version already, or was destroyed. */
function rewrap(keys: TenantKeys, document: Document, what: string, to: number): DocumentChange[] {
  const value = document.value as JsonObject
  // A log's key that is retired has no seed.
  if (value['wrapped'] === undefined) return []
  const wrapped = textOf(document, 'wrapped')
  if (wrappingVersion(wrapped) === to) return []
  const { tenantId, collection, id, revision } = document
  const secret = keys.unwrap(wrapped, what)
  const changed = { ...value, wrapped: keys.wrap(secret, what) }
  secret.fill(0)
  return [{ tenantId, collection, id, value: changed, expected: revision }]
}

async function readRotation(store: EventStore, tenantId: string): Promise<KeptRotation | undefined> {
  const document = await store.document(tenantId, collections.ring, 'rotation')
  return document && { ...(document.value as Rotation), revision: document.revision }
}

function rotationChange(
  tenantId: string,
  kept: KeptRotation | undefined,
  { to, isDone, after, rewrapped }: Rotation,
): DocumentChange {
  const value = { to, isDone, after, rewrapped }
  return { tenantId, collection: collections.ring, id: 'rotation', value, expected: kept?.revision ?? 0 }
}
