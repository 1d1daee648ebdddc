import type { JsonObject } from '../../../../core/index.ts'
import { removedRanges } from '../../../../proof/index.ts'
import type { RecordedEvent } from '../../../../store/index.ts'
import type { LogFaults } from './log-fault.ts'

interface Place {
  readonly index: number
  readonly eventId: string
  readonly version: number
}

interface Run extends Place {
  /** Index behind the last entry. */
  to: number
}

interface Hidden extends Place {
  /** Index of the last entry with fields under the key, and of the key's newest erasure; -1 for none. */
  last: number
  erased: number
}

interface Changed extends Place {
  readonly expected: string
  readonly actual: string
}

/** What a check has found absent up to an entry, and the records that it has seen, in plain JSON. */
export interface OpenAbsences {
  readonly removed: readonly Run[]
  readonly keys: readonly (Hidden & { readonly kid: string })[]
  readonly changed: readonly Changed[]
  readonly ranges: readonly Range[]
  readonly explained: number
}

interface Range {
  readonly from: number
  readonly to: number
}

/** Things to explain that are remembered; more are counted as faults at once, rather than fill the memory. */
const mostOpen = 100_000
/** Of these, and of ranges, those that are kept between two entries: some 600 KB. */
const mostKept = 5_000

/**
 * What is not there, and the later records of the log that say why: content by a retention range, fields by an erasure
 * of their key, a changed body by a redaction that commits to what it has become.
 */
export class Absences {
  readonly #faults: LogFaults
  /** Runs of entries without content. */
  readonly #removed: Run[]
  /** By key, the first entry with fields that it cannot open any more. */
  readonly #keys: Map<string, Hidden>
  readonly #bodies: Map<number, Changed>
  #ranges: Range[]
  #explained: number

  /** `kept` is what an earlier one gave as `open`. */
  constructor(faults: LogFaults, kept?: OpenAbsences) {
    this.#faults = faults
    this.#removed = (kept?.removed ?? []).map(run => ({ ...run }))
    this.#keys = new Map(kept?.keys.map(({ kid, ...hidden }) => [kid, hidden]))
    this.#bodies = new Map(kept?.changed.map(one => [one.index, one]))
    this.#ranges = [...(kept?.ranges ?? [])]
    this.#explained = kept?.explained ?? 0
  }

  /** What is to be gone on with behind the entry that was taken last; undefined where that is too much to keep. */
  open(): OpenAbsences | undefined {
    this.#ranges = merged(this.#ranges)
    const size = this.#removed.length + this.#keys.size + this.#bodies.size + this.#ranges.length
    if (size > mostKept) return undefined
    return {
      removed: this.#removed.map(run => ({ ...run })),
      keys: [...this.#keys].map(([kid, hidden]) => ({ kid, ...hidden })),
      changed: [...this.#bodies.values()],
      ranges: this.#ranges,
      explained: this.#explained,
    }
  }

  /** Entries whose content, or a part of it, is gone by a record. Known after `finish`. */
  get explained(): number {
    return this.#explained
  }

  /** The entry has no content any more. */
  removed(event: RecordedEvent): void {
    const last = this.#removed.at(-1)
    if (last?.to === event.sequence) last.to += 1
    else if (this.#removed.length < mostOpen)
      this.#removed.push({ ...placeOf(event), to: event.sequence + 1 })
    else this.#unexplained(placeOf(event), 'Its content is gone')
  }

  /** Fields of the entry under this key are gone. */
  hidden(event: RecordedEvent, kid: string): void {
    const known = this.#keys.get(kid)
    if (known) known.last = event.sequence
    else if (this.#keys.size < mostOpen)
      this.#keys.set(kid, { ...placeOf(event), last: event.sequence, erased: -1 })
    else this.#unexplained(placeOf(event), 'Fields of it are gone')
  }

  /** The body is not the one that the leaf commits to. */
  changed(event: RecordedEvent, expected: string, actual: string): void {
    if (this.#bodies.size < mostOpen)
      this.#bodies.set(event.sequence, { ...placeOf(event), expected, actual })
    else this.#altered({ ...placeOf(event), expected, actual })
  }

  /** An entry that records something that was done to the log. */
  record(kind: RecordedEvent['kind'], payload: JsonObject, at: number): void {
    const { keys, n, body } = payload
    if (kind === 'erasure' && Array.isArray(keys)) for (const key of keys) this.#erase(String(key), at)
    if (kind === 'retention')
      for (const [from, to] of removedRanges(payload)) if (to <= at) this.#ranges.push({ from, to })
    const changed = kind === 'redaction' && typeof n === 'number' ? this.#bodies.get(n) : undefined
    // The newest redaction of an entry says what it is now; each takes the place of the one before.
    if (changed && changed.actual === body) {
      this.#bodies.delete(n as number)
      this.#explained += 1
    }
  }

  /** It explains what came before it, so that a key of which nothing was missed yet is none to remember. */
  #erase(kid: string, at: number): void {
    const known = this.#keys.get(kid)
    if (known) known.erased = at
  }

  /** When the whole log was seen: what is left has no explanation, which matters for what is gone where it `isStrict`. */
  finish(isStrict = true): void {
    if (isStrict) this.#explain()
    for (const body of this.#bodies.values()) this.#altered(body)
  }

  #explain(): void {
    const ranges = merged(this.#ranges)
    for (const run of this.#removed) {
      let at = run.index
      for (const { from, to } of ranges) if (from <= at && at < to) at = to
      this.#explained += Math.min(at, run.to) - run.index
      if (at < run.to)
        this.#unexplained(
          at === run.index ? run : { index: at },
          'Its content is gone, and no record says why',
        )
    }
    for (const hidden of this.#keys.values())
      if (hidden.erased > hidden.last) this.#explained += 1
      else
        this.#unexplained(
          hidden,
          'Fields of it cannot be opened, and no record of an erasure names their key',
        )
  }

  #unexplained(place: Partial<Place> & { readonly index: number }, reason: string): void {
    const { index, eventId, version } = place
    this.#faults.add({
      kind: 'absence-unexplained',
      reason,
      index,
      ...(eventId === undefined ? {} : { eventId }),
      ...(version === undefined ? {} : { version }),
    })
  }

  #altered({ index, eventId, version, expected, actual }: Changed): void {
    const reason = 'Its content is not what the log commits to'
    this.#faults.add({ kind: 'content-altered', reason, index, eventId, version, expected, actual })
  }
}

const placeOf = ({ sequence, eventId, version }: RecordedEvent): Place => ({
  index: sequence,
  eventId,
  version,
})

/** Ascending, with none that touch each other. */
function merged(ranges: readonly Range[]): Range[] {
  const found: { from: number; to: number }[] = []
  for (const { from, to } of [...ranges].sort((a, b) => a.from - b.from)) {
    const last = found.at(-1)
    if (last && from <= last.to) last.to = Math.max(last.to, to)
    else found.push({ from, to })
  }
  return found
}
