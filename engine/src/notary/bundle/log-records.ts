import type { JsonObject, JsonValue } from '../../core/index.ts'
import { isJsonObject } from '../../core/index.ts'
import type { EntryRange } from '../../proof/index.ts'
import { removedRanges } from '../../proof/index.ts'
import type { EventStore, RecordedEvent } from '../../store/index.ts'
import { recordTypes } from '../removal/record/record-kind.ts'
import { loadRemovalState } from '../removal/removal-state.ts'
import type { BundleRange } from './bundle-tiles.ts'

/** Where an entry is. */
export interface EntryPlace {
  /** Index of its leaf. */
  readonly n: number
  readonly position: number
}

/** What explains an absence in a log: erasures by the keys that they destroyed, and retentions. */
export class LogRecords {
  readonly #erased = new Map<string, number>()
  readonly #retired: { readonly by: number; readonly ranges: readonly EntryRange[] }[] = []
  readonly #outside: EntryPlace[] = []

  /** Of the log's first `size` entries. Held in memory is a number for each key that was destroyed. */
  static async read(
    store: EventStore,
    tenantId: string,
    {
      size,
      range,
      signal,
    }: { readonly size: number; readonly range: BundleRange; readonly signal?: AbortSignal },
  ): Promise<LogRecords> {
    const records = new LogRecords()
    for await (const event of readRecords(store, tenantId, signal)) {
      if (event.sequence >= size) break
      records.#add(event, range)
    }
    return records
  }

  /** The records that are outside the range, in order. */
  get outside(): readonly EntryPlace[] {
    return this.#outside
  }

  /** The latest record that explains why something of the entry is not there. */
  explains(n: number, body: string): number | undefined {
    if (body === '') {
      const isIn = ([from, to]: EntryRange): boolean => n >= from && n < to
      return this.#retired.findLast(({ by, ranges }) => by > n && ranges.some(isIn))?.by
    }
    if (this.#erased.size === 0) return undefined
    const found = [...kidsIn(JSON.parse(body) as JsonValue)].flatMap(kid => this.#erased.get(kid) ?? [])
    const latest = Math.max(-1, ...found)
    return latest > n ? latest : undefined
  }

  #add(event: RecordedEvent, range: BundleRange): void {
    if (event.kind === 'event' || event.kind === 'seal') return
    const n = event.sequence
    if (n < range.from || n >= range.to) this.#outside.push({ n, position: event.position })
    if (event.bodyState !== 'present') return
    const payload = event.envelope.payload
    if (!isJsonObject(payload)) return
    if (event.kind === 'erasure') for (const kid of textsOf(payload['keys'])) this.#erased.set(kid, n)
    if (event.kind === 'retention') this.#retired.push({ by: n, ranges: removedRanges(payload) })
  }
}

/** The tenant's records in their order. */
async function* readRecords(
  store: EventStore,
  tenantId: string,
  signal: AbortSignal | undefined,
): AsyncGenerator<RecordedEvent> {
  const filter = { types: Object.values(recordTypes) }
  yield* store.readAll({ tenantId }, { filter, removed: 'include', ...(signal ? { signal } : {}) })
}

/**
 * Whether a removal that the first `size` entries do not tell of may have changed what was read: content was redacted
 * since, or (where something is absent without a reason) erased or removed. Looked for behind position `after`.
 */
export async function isOutdated(
  store: EventStore,
  tenantId: string,
  {
    size,
    after,
    unexplained,
  }: { readonly size: number; readonly after: number; readonly unexplained: number },
): Promise<boolean> {
  const { redaction, erasure, retention } = recordTypes
  // Before the log: a removal that ends in between has its record there.
  if (unexplained > 0 && (await loadRemovalState(store, tenantId)).running !== undefined) return true
  const types = unexplained > 0 ? [redaction, erasure, retention] : [redaction]
  const options = { after, filter: { types }, removed: 'include' } as const
  for await (const { sequence } of store.readAll({ tenantId }, options)) if (sequence >= size) return true
  return false
}

/** Keys of hidden members anywhere in a body. */
export function kidsIn(value: JsonValue, found: Set<string> = new Set()): Set<string> {
  if (Array.isArray(value)) for (const item of value) kidsIn(item, found)
  else if (isJsonObject(value)) {
    if (value['_sd'] !== undefined) for (const kid of kidsOf(value)) found.add(kid)
    for (const member of Object.values(value)) kidsIn(member, found)
  }
  return found
}

const kidsOf = ({ kid }: JsonObject): readonly string[] => (typeof kid === 'string' ? [kid] : textsOf(kid))

const textsOf = (value: JsonValue | undefined): readonly string[] =>
  Array.isArray(value) ? value.filter(item => typeof item === 'string') : []
