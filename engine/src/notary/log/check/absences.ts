import type { JsonObject } from '../../../core/index.ts'
import { removedRanges } from '../../../proof/index.ts'
import type { RecordedEvent } from '../../../store/index.ts'
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

/** Things to explain that are remembered; more are counted as faults at once, rather than fill the memory. */
const mostOpen = 100_000

/**
 * What is not there, and the later records of the log that say why: content by a retention range, fields by an erasure
 * of their key, a changed body by a redaction that commits to what it has become.
 */
export class Absences {
  readonly #faults: LogFaults
  /** Runs of entries without content. */
  readonly #removed: Run[] = []
  /** By key, the first entry with fields that it cannot open any more, and the index of the last one. */
  readonly #keys = new Map<string, { readonly place: Place; last: number }>()
  readonly #bodies = new Map<number, Place & { readonly actual: string; readonly expected: string }>()
  /** By key, the index of its newest erasure. */
  readonly #erased = new Map<string, number>()
  readonly #ranges: { readonly from: number; readonly to: number }[] = []
  #explained = 0

  constructor(faults: LogFaults) {
    this.#faults = faults
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
    else if (this.#keys.size < mostOpen) this.#keys.set(kid, { place: placeOf(event), last: event.sequence })
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
    if (kind === 'erasure' && Array.isArray(keys)) for (const key of keys) this.#erased.set(String(key), at)
    if (kind === 'retention')
      for (const [from, to] of removedRanges(payload)) if (to <= at) this.#ranges.push({ from, to })
    const changed = kind === 'redaction' && typeof n === 'number' ? this.#bodies.get(n) : undefined
    // The newest redaction of an entry says what it is now; each takes the place of the one before.
    if (changed && changed.actual === body) {
      this.#bodies.delete(n as number)
      this.#explained += 1
    }
  }

  /** When the whole log was seen: what is left has no explanation. */
  finish(): void {
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
    for (const [kid, { place, last }] of this.#keys)
      if ((this.#erased.get(kid) ?? -1) > last) this.#explained += 1
      else
        this.#unexplained(place, 'Fields of it cannot be opened, and no record of an erasure names their key')
    for (const body of this.#bodies.values()) this.#altered(body)
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

  #altered({
    index,
    eventId,
    version,
    expected,
    actual,
  }: Place & { expected: string; actual: string }): void {
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
function merged(ranges: readonly { readonly from: number; readonly to: number }[]) {
  const found: { from: number; to: number }[] = []
  for (const { from, to } of [...ranges].sort((a, b) => a.from - b.from)) {
    const last = found.at(-1)
    if (last && from <= last.to) last.to = Math.max(last.to, to)
    else found.push({ from, to })
  }
  return found
}
