import type { Clock, IdSource } from '../../core/index.ts'
import { KeelsonError } from '../../core/index.ts'
import type { Checkpoint, SignerKey, TilePlace } from '../../proof/index.ts'
import {
  parseHash,
  parseNote,
  parsePolicy,
  tilePath,
  tlogProofText,
  verifierKeyOf,
} from '../../proof/index.ts'
import type { EventStore, RecordedEvent } from '../../store/index.ts'
import { recordExport } from '../record/bundle-exports.ts'
import type { BundleLog } from './bundle-head.ts'
import { earlierHead, signedHead } from './bundle-head.ts'
import { bodyLine, entriesOf, toChunks } from './bundle-lines.ts'
import type { BundleSink } from './bundle-sink.ts'
import type { BundleRange } from './bundle-tiles.ts'
import { bundleTiles } from './bundle-tiles.ts'
import type { EntryPlace } from './log-records.ts'
import { isOutdated, LogRecords } from './log-records.ts'
import { bundleFormat, HashedFiles, manifestNote, manifestText } from './manifest.ts'
import { hasArchive, refuseArchived } from './refuse-archived.ts'
import { verifyText } from './verify-text.ts'

export interface BundleOptions {
  /** Opened with its keys where the bundle is to show personal fields. */
  readonly store: EventStore
  readonly notary: BundleLog
  /** Signs the manifest with the log's key. */
  readonly signer: { logKey(tenantId: string): Promise<SignerKey> }
  readonly clock: Clock
  readonly ids: IdSource
  readonly tenantId: string
  /** First leaf; default 0. */
  readonly from?: number
  /** The leaf behind the last one; default the log's size when the bundle is begun. */
  readonly to?: number
  /** Size of an earlier checkpoint that the log is shown to continue; default the newest before this one. */
  readonly prev?: number
  /** Events whose proofs come along. */
  readonly proofs?: readonly string[]
  readonly sink: BundleSink
  /** Whether personal fields are shown. */
  readonly withPersonal: boolean
  /** Milliseconds that witnesses have to sign the head, where the policy asks for any; default 10,000. */
  readonly witnessPatience?: number
  /** Where it goes, as it is remembered for later erasures. */
  readonly where: string
  readonly onProgress?: (progress: BundleProgress) => void
  readonly signal?: AbortSignal
}

export interface BundleProgress {
  /** Lines written, of `total`. */
  readonly done: number
  readonly total: number
}

export interface BundleSummary extends BundleRange {
  readonly id: string
  readonly origin: string
  readonly size: number
  readonly withPersonal: boolean
  readonly files: number
  /** Of all files together. */
  readonly bytes: number
  /** Entries of which something is absent that no record of the log explains. */
  readonly unexplained: number
}

/**
 * Writes an evidence bundle: signed first, then everything up to exactly the signed size. Held in memory is a page of
 * events, a tile, and the keys that erasures have destroyed.
 *
 * @throws KeelsonError `bundle_range_invalid`; `not_found` for a `prev` that was never signed; `event_not_found`;
 * `event_archived` where content is in an archive that the store was opened without, before anything is written;
 * `bundle_outdated` where a removal got in between; what the sink throws. What was written until then is no bundle.
 */
export async function writeBundle(options: BundleOptions): Promise<BundleSummary> {
  const { notary, tenantId, sink, store, withPersonal, signal } = options
  const { note, head, policy } = await signedHead(options)
  const { size, origin } = head
  const range = rangeOf(options, size)
  await refuseMissing(options, range)
  const before = await earlierHead(options, size)
  const proofs = await proofPlaces(options, size)
  const id = options.ids.ulid()
  const at = new Date(options.clock.now()).toISOString()
  await recordExport(store, tenantId, { id, at, ...range, size, withPersonal, where: options.where })
  const records = await LogRecords.read(store, tenantId, { size, range, ...(signal ? { signal } : {}) })
  const outside = range.from === 0 && range.to === size ? [] : records.outside
  const places = [...new Map([...outside, ...proofs].map(place => [place.n, place]))]
  const tiles = [...bundleTiles(size, range, before?.size)]
  // Before anything is written, so that who asks is told, rather than left with a part.
  for (const place of tiles) await tileAt(options, place, size)
  for (const [n] of places) await notary.inclusion(tenantId, n, size)

  const files = new HashedFiles(sink)
  await files.text('checkpoint', note)
  if (before !== undefined) await files.text('checkpoint.prev', before.note)
  const stamps: string[] = []
  for (const [file, at] of [['checkpoint', size] as const, ['checkpoint.prev', before?.size] as const]) {
    const stamp = at === undefined ? undefined : await notary.timestamp?.(tenantId, at)
    if (stamp === undefined) continue
    stamps.push(file)
    await files.whole(`${file}.tsr`, stamp)
  }
  await files.text('policy', policy)
  const unexplained = await writeEntries(options, files, { head, range, records })
  for (const place of tiles) await files.whole(tilePath(place), await tileAt(options, place, size))
  for (const [n, place] of places)
    await files.text(`${n}.tlog-proof`, await proofOf(options, place, { size, note }))
  await files.text('VERIFY.md', verifyText({ origin, size, ...range, policy, stamps }))
  const { from, to } = range
  const personal = withPersonal ? 'shown' : 'hidden'
  const manifest = manifestText({
    format: bundleFormat,
    origin,
    size,
    from,
    to,
    personal,
    files: files.hashes,
  })
  await files.text('manifest.json', manifest)
  await files.text('manifest.note', manifestNote(origin, manifest, await signerOf(options, policy)))
  await sink.end()
  return { id, origin, size, ...range, withPersonal, files: files.count, bytes: files.bytes, unexplained }
}

/** @throws KeelsonError `bundle_outdated` where the log has another key by now, which the bundle's policy does not know. */
async function signerOf({ signer, tenantId }: BundleOptions, policy: string): Promise<SignerKey> {
  const key = await signer.logKey(tenantId)
  const { id } = verifierKeyOf(key)
  if (parsePolicy(policy).logs.some(known => known.id === id)) return key
  throw new KeelsonError('bundle_outdated', 'The log got another key while the bundle was made')
}

function rangeOf({ from = 0, to }: BundleOptions, size: number): BundleRange {
  const end = to ?? size
  const isWhole = Number.isSafeInteger(from) && Number.isSafeInteger(end)
  if (isWhole && from >= 0 && from <= end && end <= size) return { from, to: end }
  throw new KeelsonError(
    'bundle_range_invalid',
    `There are no leaves from ${from} to before ${end}: the log has ${size}`,
    { from, to: end, size },
  )
}

/** Looked for before the first byte goes out: whoever receives it could not tell why the rest does not come. */
async function refuseMissing({ store, tenantId, signal }: BundleOptions, range: BundleRange): Promise<void> {
  if (!(await hasArchive(store, tenantId))) return
  for await (const event of entriesOf(store, tenantId, range, signal)) refuseArchived(event)
}

async function proofPlaces(
  { store, tenantId, proofs = [] }: BundleOptions,
  size: number,
): Promise<readonly EntryPlace[]> {
  const found: EntryPlace[] = []
  for (const eventId of proofs) {
    const event = await store.readEvent(tenantId, eventId)
    if (event === undefined || event.sequence >= size)
      throw new KeelsonError('event_not_found', `There is no event "${eventId.slice(0, 128)}" in this log`)
    found.push({ n: event.sequence, position: event.position })
  }
  return found
}

interface Entries {
  readonly head: Checkpoint
  readonly range: BundleRange
  readonly records: LogRecords
}

/** Gives the number of entries of which something is absent without a reason. */
async function writeEntries(
  options: BundleOptions,
  files: HashedFiles,
  { head, range, records }: Entries,
): Promise<number> {
  const { store, tenantId, withPersonal, signal } = options
  const total = 2 * (range.to - range.from)
  let [done, unexplained, last] = [0, 0, 0]
  const told = () => {
    done += 1
    options.onProgress?.({ done, total })
  }
  await files.chunks('leaves.ndjson', toChunks(leaves()))
  await files.chunks('bodies.ndjson', toChunks(bodies()))
  const isWhole = range.from === 0 && range.to === head.size
  if (!isWhole && records.outside.length > 0) await files.chunks('records.ndjson', toChunks(outside()))
  // A removal that came in between is not in the signed log: nobody could tell why something is not as it was.
  if (await isOutdated(store, tenantId, { size: head.size, after: last, unexplained }))
    throw new KeelsonError('bundle_outdated')
  return unexplained

  async function* leaves(): AsyncGenerator<string> {
    for await (const { leaf } of entriesOf(store, tenantId, range, signal)) {
      yield leaf
      told()
    }
  }
  async function* bodies(): AsyncGenerator<string> {
    for await (const event of entriesOf(store, tenantId, range, signal)) {
      const { line, isUnexplained } = bodyLine(event, { withPersonal, records })
      if (isUnexplained) unexplained += 1
      last = event.position
      yield line
      told()
    }
  }
  async function* outside(): AsyncGenerator<string> {
    for (const place of records.outside) {
      const event = await entryAt(options, place)
      yield bodyLine(event, { withPersonal, records }).line
    }
  }
}

async function tileAt(
  { notary, tenantId, signal }: BundleOptions,
  place: TilePlace,
  size: number,
): Promise<Uint8Array> {
  signal?.throwIfAborted()
  const path = tilePath(place)
  const tile = await notary.tile(tenantId, path)
  if (tile !== undefined) return tile
  throw new KeelsonError('store_damaged', `The log has no ${path} for ${size} leaves`)
}

async function entryAt(
  { store, tenantId, signal }: BundleOptions,
  { n, position }: EntryPlace,
): Promise<RecordedEvent> {
  signal?.throwIfAborted()
  const [event] = await store.readPositions(tenantId, [position])
  if (event?.sequence === n) return event
  throw new KeelsonError('store_damaged', `The log has no entry ${n}`)
}

/** With the leaf itself, against the bundle's own checkpoint. */
async function proofOf(
  options: BundleOptions,
  place: EntryPlace,
  { size, note }: { readonly size: number; readonly note: string },
): Promise<string> {
  const path = await options.notary.inclusion(options.tenantId, place.n, size)
  const { leaf } = await entryAt(options, place)
  return tlogProofText({
    extra: Buffer.from(leaf),
    index: place.n,
    path: path.map(node => parseHash(node, 'base64')),
    checkpoint: parseNote(note),
  })
}
