import { KeelsonError } from '../../core/index.ts'
import type { BlobStore } from '../blob/port.ts'
import { readMark } from '../transfer/move-mark.ts'
import type { TenantRow } from '../transfer/rows.ts'
import { RowsByPosition } from '../transfer/rows-by-position.ts'
import { checkArchive } from './archive-check.ts'
import { ClosingCheck } from './closing-check.ts'
import { checkCheckpoints, checkDocuments } from './document-check.ts'
import type { Fault } from './fault.ts'
import { Findings } from './fault.ts'
import type { StoreInspection } from './inspection.ts'
import { KeyCheck } from './key-check.ts'
import { LogCheck } from './log-check.ts'
import { checkStreams } from './stream-check.ts'

export interface DoctorOptions {
  /** Tenants that may have documents without having events; with them, documents of all others are faults. */
  readonly tenants?: readonly string[]
  /** Where archived bodies lie; without it the archive is not looked at. */
  readonly archive?: BlobStore
  readonly signal?: AbortSignal
  readonly onProgress?: (progress: DoctorProgress) => void
}

export interface DoctorProgress {
  readonly part: 'database' | 'log' | 'streams' | 'documents' | 'archive'
  readonly done: number
  readonly total: number
}

export interface DoctorReport {
  readonly store: string
  readonly schema: number
  readonly shards: number
  readonly events: number
  /** That have events and were not deleted. */
  readonly tenants: number
  readonly streams: number
  readonly documents: number
  readonly faults: readonly Fault[]
  readonly isSound: boolean
}

/**
 * Checks all that a store promises, as its database has it at one moment: numbers, chains, hashes, bodies, heads, and
 * everything that points at an event. Memory stays bounded whatever the store's size: everything is read in order and
 * compared as it goes by; only tenants and types are held.
 */
export async function examineStore(
  store: StoreInspection,
  options: DoctorOptions = {},
): Promise<DoctorReport> {
  const findings = new Findings()
  const counts = { events: 0, tenants: 0, streams: 0, documents: 0 }
  if (store.schema < store.newestSchema)
    findings.add('schema-old', {
      problem: `the schema is ${store.schema}, the present one ${store.newestSchema}`,
    })
  else
    try {
      await examine(store, options, findings, counts)
    } catch (error) {
      if (!(error instanceof KeelsonError) || error.code !== 'store_damaged') throw error
      findings.add('database-damaged', { problem: `reading ends here: ${error.message}` })
    }
  const faults = findings.faults()
  const { location, schema, shards } = store
  return { store: location, schema, shards, ...counts, faults, isSound: faults.length === 0 }
}

async function examine(
  store: StoreInspection,
  options: DoctorOptions,
  findings: Findings,
  counts: { events: number; tenants: number; streams: number; documents: number },
): Promise<void> {
  const tell = (part: DoctorProgress['part']) => options.onProgress?.({ part, done: 0, total: 0 })
  tell('database')
  for await (const problem of store.damage()) findings.add('database-damaged', { problem })
  if ((await readMark(store))?.state === 'copying')
    findings.add('move-unfinished', { problem: 'parts of it may be missing' })
  const known = new Set(options.tenants ?? [])
  let newest = 0
  for (let shard = 0; shard < store.shards; shard += 1) {
    const log = await checkShard(store, shard, findings, options)
    for (const { name, deletedAt, size } of log.tenants.values()) {
      if (deletedAt !== null) continue
      known.add(name)
      if (size > 0) counts.tenants += 1
    }
    counts.events += log.events
    newest = Math.max(newest, log.position)
    tell('streams')
    counts.streams += await checkStreams(store, shard, log.tenants, findings)
  }
  options.signal?.throwIfAborted()
  tell('documents')
  if (options.tenants !== undefined) counts.documents = await checkDocuments(store, known, findings)
  await checkCheckpoints(store, newest, findings)
  if (options.archive) {
    tell('archive')
    await checkArchive(store, options.archive, findings)
  }
}

interface CheckedLog {
  readonly tenants: ReadonlyMap<number, TenantRow>
  readonly events: number
  readonly position: number
}

async function checkShard(
  store: StoreInspection,
  shard: number,
  findings: Findings,
  options: DoctorOptions,
): Promise<CheckedLog> {
  const tenants = (await Array.fromAsync(store.scan('tenant', { shard }))).flat()
  const byId = new Map(tenants.map(tenant => [tenant.id, tenant]))
  const types = new Map<number, string>()
  for await (const page of store.scan('type', { shard })) for (const { id, name } of page) types.set(id, name)
  const log = new LogCheck(shard, tenants, types, findings)
  const keys = new KeyCheck(shard, byId, findings)
  const closings = new ClosingCheck(store, shard, types, findings)
  const head = await store.head(shard)
  const rows = {
    id: new RowsByPosition(store.scan('eventId', { shard })),
    link: new RowsByPosition(store.scan('link', { shard })),
    key: new RowsByPosition(store.scan('key', { shard })),
  }
  let events = 0
  try {
    for await (const page of store.scan('event', { shard })) {
      options.signal?.throwIfAborted()
      const last = page.at(-1)?.position ?? 0
      log.page({ events: page, ids: await rows.id.through(last), links: await rows.link.through(last) })
      keys.page(page, await rows.key.through(last))
      await closings.page(page, byId)
      events += page.length
      options.onProgress?.({ part: 'log', done: last, total: head })
    }
    for await (const page of rows.id.rest()) for (const row of page) log.strayId(row)
    for await (const page of rows.link.rest()) for (const row of page) log.strayLink(row)
    for await (const page of rows.key.rest()) for (const row of page) keys.stray(row)
  } finally {
    for (const one of Object.values(rows)) await one.close()
  }
  log.finish()
  keys.finish()
  if (head !== log.position)
    findings.add('log-head', {
      shard,
      problem: `the head is at ${head}, the newest event at ${log.position}`,
    })
  return { tenants: byId, events, position: log.position }
}
