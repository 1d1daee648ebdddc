import type { EventStore, RecordedEvent } from '../../store/index.ts'
import type { BundleRange } from './bundle-tiles.ts'
import type { LogRecords } from './log-records.ts'
import { refuseArchived } from './refuse-archived.ts'

/** Bytes of lines that are handed on together. */
const chunkLength = 64 * 1024

interface LineOptions {
  readonly withPersonal: boolean
  readonly records: LogRecords
}

/** A line of `bodies.ndjson`: what is there of an entry beside its leaf. What is absent is left out. */
interface BodyLine {
  readonly n: number
  /** base64url of 32 bytes. */
  readonly blind?: string
  /** The body's exact text. */
  readonly body?: string
  readonly disclosures?: readonly string[]
  /** Index of a record that explains what is not there. */
  readonly erasedBy?: number
}

/**
 * The line, and whether something is absent that no record explains.
 * @throws KeelsonError `event_archived`: what is only elsewhere is not absent.
 */
export function bodyLine(
  event: RecordedEvent,
  { withPersonal, records }: LineOptions,
): { readonly line: string; readonly isUnexplained: boolean } {
  refuseArchived(event)
  const n = event.sequence
  const isPresent = event.bodyState === 'present'
  const mayHide = isPresent && event.body.includes('"_sd":')
  const disclosures = withPersonal ? event.disclosures : []
  const isPartial = mayHide && event.hidden > 0
  const by = !isPresent || mayHide ? records.explains(n, isPresent ? event.body : '') : undefined
  const line: BodyLine = {
    n,
    ...(isPresent ? { blind: event.blind, body: event.body } : {}),
    ...(disclosures.length > 0 ? { disclosures } : {}),
    ...(by === undefined ? {} : { erasedBy: by }),
  }
  const isAbsent = !isPresent || (withPersonal && isPartial)
  return { line: JSON.stringify(line), isUnexplained: isAbsent && by === undefined }
}

/** The tenant's entries of a range, in order; `removed` ones too. */
export async function* entriesOf(
  store: EventStore,
  tenantId: string,
  range: BundleRange,
  signal: AbortSignal | undefined,
): AsyncGenerator<RecordedEvent> {
  if (range.from >= range.to) return
  const after = await positionBefore(store, tenantId, range.from)
  const options = { after, removed: 'include', ...(signal ? { signal } : {}) } as const
  for await (const event of store.readAll({ tenantId }, options)) {
    signal?.throwIfAborted()
    if (event.sequence >= range.to) return
    yield event
    if (event.sequence === range.to - 1) return
  }
}

/** A position behind which the first of the tenant's entries is entry `n`. */
export async function positionBefore(store: EventStore, tenantId: string, n: number): Promise<number> {
  if (n === 0) return 0
  let [low, high] = [0, await store.head({ tenantId })]
  while (low < high) {
    const middle = Math.floor((low + high) / 2)
    const [leaf] = await store.leaves({ tenantId }, { after: middle, limit: 1 })
    if (leaf?.sequence === n) return middle
    if (leaf === undefined || leaf.sequence > n) high = middle
    else low = leaf.position
  }
  return low
}

/** Lines as bytes, many in a chunk. */
export async function* toChunks(lines: AsyncIterable<string>): AsyncGenerator<Uint8Array> {
  let text = ''
  for await (const line of lines) {
    text += `${line}\n`
    if (text.length < chunkLength) continue
    yield Buffer.from(text)
    text = ''
  }
  if (text !== '') yield Buffer.from(text)
}
