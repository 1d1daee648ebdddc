import { hash } from 'node:crypto'
import type { Clock, JsonObject, JsonValue } from '../../../core/index.ts'
import { isJsonObject, KeelsonError, platformTenant } from '../../../core/index.ts'
import type { NodeHash } from '../../../proof/index.ts'
import {
  checkpointText,
  hashText,
  leafNode,
  MerkleTree,
  parseHash,
  proveInclusion,
} from '../../../proof/index.ts'
import type { Document, DocumentChange, EventStore } from '../../../store/index.ts'
import type { RememberedHead } from '../memory/port.ts'
import { logId } from '../memory/port.ts'
import { isPassing } from '../passing.ts'
import type { MetaProof } from '../port.ts'
import type { LogReader } from '../proof/log-reader.ts'
import { createNodeReader } from '../proof/node-reader.ts'
import type { LogNames } from '../tree/log-names.ts'
import { leafPage } from '../tree/log-signer.ts'
import { logCollections, onlyId } from '../tree/log-state.ts'

/** Writes an event into a tenant's log. */
export type RecordEvent = (tenantId: string, eventType: string, payload: JsonObject) => Promise<void>

export interface MetaOptions {
  readonly clock: Clock
  /** Milliseconds between two records at the least. */
  readonly every: number
  /** Milliseconds before the first one; default none. */
  readonly after?: number
  readonly names: LogNames
  readonly record: RecordEvent
  /** Told of a log whose head cannot be read now: the one that stands in the list stays there. */
  readonly onUnread: (tenantId: string, error: unknown) => void
  /** Shards whose logs this process signs, and the checkpoints that say how far. */
  readonly leads: () => readonly number[]
}

export const metaEvent = 'LogCheckpointsRecorded'

interface Head extends RememberedHead {
  /** Of the log's first key; undefined in lists of older versions. */
  readonly keyId?: string | undefined
  /** Of the log; undefined for a tenant's first one. */
  readonly origin?: string | undefined
}

interface MetaState {
  readonly tenants: number
  readonly root: string
  readonly at: number
  readonly isRecorded: boolean
  /** By shard, up to which position the heads are in the list. */
  readonly positions: Readonly<Record<string, number>>
  /** Tenants before these positions whose heads could not be read. */
  readonly late?: readonly string[]
}

/** So many of them are kept; with more the positions stay, and who comes next looks up what is behind these. */
const mostLate = 1_000
const buckets = 64
const readsAtOnce = 32

/**
 * The heads of all tenants' logs as a list, whose root the platform's own log records now and then: who holds a head of
 * the platform's log holds one of every tenant. The list is kept in documents, each with the tenants of a bucket.
 */
export class MetaLog {
  readonly #store: EventStore
  readonly #reader: LogReader
  readonly #options: MetaOptions
  readonly #notBefore: number
  #changed = new Set<string>()
  /** Tenants whose heads could not be read, and when that is tried again. */
  readonly #late = new Map<string, number>()
  #isResumed = false
  /** Shards of which nothing was missed since. */
  readonly #followed = new Set<number>()

  constructor(store: EventStore, reader: LogReader, options: MetaOptions) {
    this.#store = store
    this.#reader = reader
    this.#options = options
    this.#notBefore = options.clock.now() + (options.after ?? 0)
  }

  /** A tenant's head has moved. */
  note(tenantId: string): void {
    // The record itself moves the platform's own head, which would never come to rest.
    if (tenantId !== platformTenant) this.#changed.add(tenantId)
  }

  /** Records what has changed, where it is time to; `now` does not wait until it is. */
  async step(now = false): Promise<void> {
    const { clock, every } = this.#options
    const document = await this.#meta()
    const meta = document && readMeta(document.value)
    if (document && meta && !meta.isRecorded) return this.#record(document, meta)
    if (!now && clock.now() < this.#notBefore) return
    if (!now && meta && clock.now() - meta.at < every) return
    const positions = await this.#positions(meta?.positions ?? {})
    this.#takeLate(meta?.late ?? [])
    if (this.#changed.size === 0) return
    const changed = this.#changed
    this.#changed = new Set()
    try {
      await this.#write(document, { from: meta?.positions ?? {}, to: positions }, changed)
    } catch (error) {
      for (const tenantId of changed) this.#changed.add(tenantId)
      if (!(error instanceof KeelsonError) || error.code !== 'document_conflict') throw error
    }
  }

  async proof(tenantId: string): Promise<MetaProof | undefined> {
    const [document, heads] = await Promise.all([this.#meta(), this.#heads()])
    if (!document) return undefined
    const { root, at } = readMeta(document.value)
    const lines = this.#lines(heads)
    const line = heads.get(tenantId) && this.#line(tenantId, heads.get(tenantId) as Head)
    const index = line === undefined ? -1 : lines.indexOf(line)
    if (line === undefined || index < 0) return undefined
    const nodes = lines.map(leafNode)
    if (hashText(rootOf(nodes), 'base64') !== root)
      throw new KeelsonError('checkpoint_pending', 'The list of heads is being written anew')
    const path = proveInclusion(createNodeReader(nodes), index, nodes.length)
    return {
      line,
      index,
      count: nodes.length,
      path: path.map(node => hashText(node, 'base64')),
      root,
      at: new Date(at).toISOString(),
    }
  }

  heads(): Promise<ReadonlyMap<string, RememberedHead>> {
    return recordedHeads(this.#store)
  }

  /** Takes a deleted tenant out of the list, and records it without. */
  async forget(tenantId: string): Promise<void> {
    this.#late.delete(tenantId)
    const id = bucketOf(tenantId)
    const found = await this.#store.document(platformTenant, logCollections.heads, id)
    if (!found || !isJsonObject(found.value) || !Object.hasOwn(found.value, tenantId)) return
    this.#changed.add(tenantId)
    await this.step(true)
  }

  #meta(): Promise<Document | undefined> {
    return this.#store.document(platformTenant, logCollections.meta, onlyId)
  }

  /** What could not be read, by an earlier process too, is tried again when it is time to. */
  #takeLate(kept: readonly string[]): void {
    if (!this.#isResumed) for (const tenantId of kept) this.#late.set(tenantId, 0)
    this.#isResumed = true
    const now = this.#options.clock.now()
    for (const [tenantId, until] of this.#late) if (until <= now) this.note(tenantId)
  }

  /** How far the shards are that this process signs; of one that is new to it, what others have signed is looked up. */
  async #positions(kept: MetaState['positions']): Promise<MetaState['positions']> {
    const positions = { ...kept }
    const leads = this.#options.leads()
    for (const shard of [...this.#followed]) if (!leads.includes(shard)) this.#followed.delete(shard)
    for (const shard of leads) {
      const to = await this.#store.checkpoint(`notary#${shard}`)
      if (!this.#followed.has(shard)) await this.#lookUp(shard, positions[shard] ?? 0, to)
      this.#followed.add(shard)
      positions[shard] = to
    }
    return positions
  }

  async #lookUp(shard: number, from: number, to: number): Promise<void> {
    for (let after = from; after < to; ) {
      const scope = { tenantId: 'every tenant', shard } as const
      const leaves = await this.#store.leaves(scope, { after, limit: leafPage })
      for (const { tenantId } of leaves) this.note(tenantId)
      after = leaves.length < leafPage ? to : (leaves.at(-1)?.position ?? to)
    }
  }

  async #write(
    document: Document | undefined,
    positions: Readonly<Record<'from' | 'to', MetaState['positions']>>,
    changed: ReadonlySet<string>,
  ): Promise<void> {
    const kept = await this.#buckets()
    const garbled: string[] = []
    const heads = headsIn(kept.values(), garbled)
    const touched = await this.#readHeads(heads, new Set([...changed, ...garbled]))
    if (touched.size === 0) return
    const root = hashText(rootOf(this.#lines(heads).map(leafNode)), 'base64')
    const at = this.#options.clock.now()
    const isMuch = this.#late.size > mostLate
    const reached = isMuch
      ? { positions: positions.from }
      : { positions: positions.to, late: [...this.#late.keys()] }
    const meta = { tenants: heads.size, root, at, isRecorded: false, ...reached }
    const documents: DocumentChange[] = [...touched].map(id => ({
      tenantId: platformTenant,
      collection: logCollections.heads,
      id,
      value: bucketValue(heads, id),
      expected: kept.get(id)?.revision ?? 0,
    }))
    documents.push(metaChange(meta, document?.revision ?? 0))
    await this.#store.commit({ scope: { tenantId: platformTenant }, documents })
    const written = await this.#meta()
    if (written) await this.#record(written, readMeta(written.value))
  }

  /** Puts in the heads that have moved, and gives their buckets; a log that cannot be read keeps no other out. */
  async #readHeads(heads: Map<string, Head>, changed: ReadonlySet<string>): Promise<ReadonlySet<string>> {
    const touched = new Set<string>()
    const failed = new Map<string, unknown>()
    for (const tenants of chunks([...changed], readsAtOnce))
      await Promise.all(
        tenants.map(tenantId =>
          this.#readHead(heads, tenantId).then(
            hasMoved => hasMoved && touched.add(bucketOf(tenantId)),
            error => failed.set(tenantId, error),
          ),
        ),
      )
    const [first] = failed.values()
    // The store is away: all of it is done later.
    if (failed.size === changed.size && isPassing(first)) throw first
    const { clock, every, onUnread } = this.#options
    for (const tenantId of changed) this.#late.delete(tenantId)
    for (const [tenantId, error] of failed) {
      this.#late.set(tenantId, clock.now() + every)
      onUnread(tenantId, error)
    }
    return touched
  }

  /** Gives whether it is another one than in the list. */
  async #readHead(heads: Map<string, Head>, tenantId: string): Promise<boolean> {
    const tree = await this.#reader.tree(tenantId)
    const known = heads.get(tenantId)
    if (tree?.size === known?.size && tree?.root === known?.root) return false
    const { names } = this.#options
    const { keyId, origin } = (tree && (await names.of(tenantId))) ?? {}
    const other = origin === names.first(tenantId) ? {} : { origin }
    if (tree) heads.set(tenantId, { size: tree.size, root: parseRoot(tree.root), keyId, ...other })
    else heads.delete(tenantId)
    return true
  }

  /** Also what an earlier process has put into the list, and did not live to record. */
  async #record(document: Document, meta: MetaState): Promise<void> {
    const { tenants, root, at } = meta
    await this.#options.record(platformTenant, metaEvent, { tenants, root, at: new Date(at).toISOString() })
    const documents = [metaChange({ ...meta, isRecorded: true }, document.revision)]
    await this.#store.commit({ scope: { tenantId: platformTenant }, documents })
  }

  #buckets(): Promise<ReadonlyMap<string, Document>> {
    return bucketsOf(this.#store)
  }

  async #heads(): Promise<Map<string, Head>> {
    return headsIn((await this.#buckets()).values())
  }

  #line(tenantId: string, { size, root, origin = this.#options.names.first(tenantId) }: Head): string {
    return checkpointText({
      origin,
      size,
      root: parseHash(root, 'base64'),
    })
  }

  /** In the order of their characters. */
  #lines(heads: ReadonlyMap<string, Head>): string[] {
    return [...heads].map(([tenantId, head]) => this.#line(tenantId, head)).sort()
  }
}

/** The heads of the list as they were written last, by {@link logId}. */
export async function recordedHeads(store: EventStore): Promise<ReadonlyMap<string, RememberedHead>> {
  const heads = headsIn((await bucketsOf(store)).values())
  return new Map(
    [...heads].flatMap(([tenantId, { size, root, keyId }]) =>
      keyId === undefined ? [] : [[logId(tenantId, keyId), { size, root }]],
    ),
  )
}

async function bucketsOf(store: EventStore): Promise<ReadonlyMap<string, Document>> {
  const scope = { tenantId: platformTenant }
  const found = await store.documents(scope, logCollections.heads, { limit: buckets })
  return new Map(found.map(one => [one.id, one]))
}

const bucketOf = (tenantId: string): string =>
  String(Number.parseInt(hash('sha256', tenantId, 'hex').slice(0, 2), 16) % buckets).padStart(2, '0')

/** What is no head is left out, and its tenant named as `garbled`. */
function headsIn(documents: Iterable<Document>, garbled: string[] = []): Map<string, Head> {
  const heads = new Map<string, Head>()
  for (const { value } of documents)
    for (const [tenantId, head] of Object.entries(isJsonObject(value) ? value : {})) {
      const known = headOf(head)
      if (known) heads.set(tenantId, known)
      else garbled.push(tenantId)
    }
  return heads
}

const rootPattern = /^[A-Za-z0-9+/]{43}=$/

function headOf(value: JsonValue): Head | undefined {
  const [size, root, keyId, origin] = Array.isArray(value) ? (value as readonly JsonValue[]) : []
  if (!Number.isSafeInteger(size) || typeof root !== 'string' || !rootPattern.test(root)) return undefined
  const key = typeof keyId === 'string' ? { keyId } : {}
  return { size: Number(size), root, ...key, ...(typeof origin === 'string' ? { origin } : {}) }
}

/** @throws TypeError where it is none: it would be in the way of all others. */
function parseRoot(root: string): string {
  if (!rootPattern.test(root)) throw new TypeError('The tree of the log has no root')
  return root
}

const bucketValue = (heads: ReadonlyMap<string, Head>, id: string): JsonValue =>
  Object.fromEntries(
    [...heads]
      .filter(([tenantId]) => bucketOf(tenantId) === id)
      .map(([tenantId, { size, root, keyId, origin }]) => [
        tenantId,
        [size, root, keyId, origin].filter(one => one !== undefined),
      ]),
  )

const metaChange = (meta: MetaState, expected: number): DocumentChange => ({
  tenantId: platformTenant,
  collection: logCollections.meta,
  id: onlyId,
  value: { ...meta, positions: { ...meta.positions }, late: [...(meta.late ?? [])] },
  expected,
})

/** What is no state of ours is written anew, from all that is signed. */
function readMeta(value: JsonValue): MetaState {
  const { tenants, root, at, isRecorded, positions } = (
    isJsonObject(value) ? value : {}
  ) as Partial<MetaState>
  const isOne = [tenants, at].every(Number.isSafeInteger) && typeof root === 'string' && isObject(positions)
  if (isOne && typeof isRecorded === 'boolean') return value as unknown as MetaState
  return { tenants: 0, root: '', at: 0, isRecorded: true, positions: {} }
}

const isObject = (value: unknown): boolean => typeof value === 'object' && value !== null

function rootOf(nodes: readonly NodeHash[]): NodeHash {
  const tree = new MerkleTree()
  for (const node of nodes) tree.append(node)
  return tree.root()
}

function* chunks<Item>(items: readonly Item[], size: number): Generator<readonly Item[]> {
  for (let at = 0; at < items.length; at += size) yield items.slice(at, at + size)
}
