import type { Shelved } from './shelves.ts'
import { everyKey, Shelves } from './shelves.ts'

/** Of a tenant, the position up to which its events were read where they were left lying; what follows is open. */
export type Deferral = readonly [tenantId: string, after: number]

/** Kept where an effect above the checkpoint must not happen again: what is not open up to `high` is done. */
export interface ProgressSnapshot {
  readonly high: number
  readonly open: readonly number[]
  readonly deferred?: readonly Deferral[]
  /** Of these keys nothing is done from the position on. */
  readonly shelved?: readonly Shelved[]
}

/** What a commit would make of the progress. */
export interface ProgressStep {
  /** Everything up to here is done. */
  readonly low: number
  /** Undefined where nothing above `low` has an effect that is kept. */
  readonly snapshot: ProgressSnapshot | undefined
}

/** A tenant whose events are, or were, read apart from the others'. */
interface Track {
  readonly open: Set<number>
  /** Undefined where it is read with the others again. */
  after: number | undefined
}

/**
 * How far a partition has come while its events are done in any order. The checkpoint goes to the lowest position that
 * is not done; of what is done above it, only effects have to be remembered. A tenant may be deferred: then its events
 * are passed over and read apart, and what is done behind them is remembered until it has caught up. Likewise the events
 * behind a key that waits are shelved, and what others have done behind them is remembered.
 */
export class Progress {
  /** In the order of the log, as they were read. */
  readonly #open = new Set<number>()
  readonly #tracks = new Map<string, Track>()
  readonly #kept: ReadonlySet<number>
  readonly #keptHigh: number
  readonly #keptDeferred: ReadonlyMap<string, number>
  readonly #keptShelved: ReadonlyMap<string, number>
  readonly #shelves = new Shelves()
  /** Those that were shelved and are in hand again, in any order. */
  readonly #again = new Set<number>()
  /** Highest position that was read. */
  #high: number
  /** Highest position whose effect is kept. */
  #effect: number

  /** `low` is where the checkpoint stands, `kept` what a predecessor left. */
  constructor(low: number, kept: ProgressSnapshot | undefined) {
    this.#high = low
    this.#effect = kept?.high ?? 0
    this.#keptHigh = kept?.high ?? 0
    this.#kept = new Set(kept?.open)
    this.#keptDeferred = new Map(kept?.deferred)
    this.#keptShelved = new Map(kept?.shelved)
  }

  /** Positions that were read and are not done, but for those that are shelved. */
  get open(): number {
    let open = this.#open.size + this.#again.size
    for (const track of this.#tracks.values()) open += track.open.size
    return open
  }

  /** Highest position that was read. */
  get high(): number {
    return this.#high
  }

  get low(): number {
    return this.#lowWithout(new Set())
  }

  /** Positions that are shelved. */
  get shelved(): number {
    return this.#shelves.size
  }

  /** How far it was read, and how much of that is not done; undefined where a tenant is read apart. */
  get inHand(): { readonly high: number; readonly open: number } | undefined {
    for (const { after } of this.#tracks.values()) if (after !== undefined) return undefined
    return { high: this.#high, open: this.open + this.shelved }
  }

  /** Whether a predecessor had done it already; `keyOf` names its key as `shelve` does. */
  isDone(position: number, tenantId: string, keyOf: () => string | undefined = nameless): boolean {
    if (position > this.#keptUntil(tenantId) || this.#kept.has(position)) return false
    return !this.#isShelvedBefore(position, keyOf)
  }

  /** Notes a position that was read; positions rise. `isOpen` where something is to be done about it. */
  read(position: number, isOpen: boolean): void {
    this.#high = position
    if (isOpen) this.#open.add(position)
  }

  isDeferred(tenantId: string): boolean {
    return this.#tracks.get(tenantId)?.after !== undefined
  }

  /** Whether the tenant may be deferred from this position on: what a predecessor had in hand is to be read at once. */
  mayDefer(position: number, tenantId: string): boolean {
    return position > this.#keptUntil(tenantId)
  }

  /** From here on the tenant is read apart. */
  defer(tenantId: string, after: number): void {
    const track = this.#tracks.get(tenantId)
    if (track === undefined) this.#tracks.set(tenantId, { open: new Set(), after })
    else track.after = after
  }

  /** Notes a position of a deferred tenant. */
  readApart(tenantId: string, position: number, isOpen: boolean): void {
    const track = this.#tracks.get(tenantId)
    if (track === undefined) return
    track.after = position
    if (isOpen) track.open.add(position)
  }

  /** The tenant has been read up to `high`, and goes on with the others. */
  rejoin(tenantId: string): void {
    const track = this.#tracks.get(tenantId)
    if (track === undefined) return
    track.after = undefined
    this.#dropIdle(tenantId, track)
  }

  /** Shelves a position that was read and is not in hand, behind those of its key. */
  shelve(key: string, position: number, tenantId: string): void {
    const isUntouched = position > this.#keptUntil(tenantId) || this.#isShelvedBefore(position, () => key)
    this.#shelves.push(key, position, isUntouched)
  }

  /** Shelves positions that were in hand, before those of their key. */
  putBack(key: string, positions: readonly number[]): void {
    this.#remove(positions)
    this.#shelves.putBack(key, positions)
  }

  isShelved(key: string): boolean {
    return this.#shelves.has(key)
  }

  /** The first positions of a key that are shelved, at most `max`. */
  firstShelved(key: string, max: number): readonly number[] {
    return this.#shelves.first(key, max)
  }

  /** Takes the first position of a key off the shelf; `isOpen` where something is to be done about it still. */
  takeShelved(key: string, isOpen: boolean): void {
    const position = this.#shelves.take(key)
    if (position !== undefined && isOpen) this.#again.add(position)
    else this.#rememberAll()
  }

  /** What it would be with these done, of which those up to `effect` have effects. */
  step(done: ReadonlySet<number>, effect: number): ProgressStep {
    const low = this.#lowWithout(done)
    const high = Math.max(this.#effect, effect, this.#tracks.size > 0 || this.#hasShelved ? this.#high : 0)
    if (high <= low) return { low, snapshot: undefined }
    // What a predecessor left open may not have been read again yet.
    const unread = [...this.#kept].filter(position => position > this.#high)
    const open = this.#sets.flatMap(set =>
      [...set].filter(position => position <= high && !done.has(position)),
    )
    const { untouched, others } = this.#shelves.state
    const deferred = this.#deferred
    const shelved = this.#withUnread(untouched)
    const snapshot: ProgressSnapshot = {
      high,
      open: [...open, ...others, ...unread],
      ...(deferred.length === 0 ? {} : { deferred }),
      ...(shelved.length === 0 ? {} : { shelved }),
    }
    return { low, snapshot }
  }

  /** They are done, and kept as such. */
  settle(done: ReadonlySet<number>, effect: number): void {
    const hadShelved = this.#hasShelved
    this.#remove(done)
    this.#effect = Math.max(this.#effect, effect)
    if (hadShelved) this.#rememberAll()
    for (const [tenantId, track] of this.#tracks) this.#dropIdle(tenantId, track)
  }

  get #sets(): readonly Set<number>[] {
    const sets = [this.#open]
    for (const { open } of this.#tracks.values()) sets.push(open)
    if (this.#again.size > 0) sets.push(this.#again)
    return sets
  }

  get #hasShelved(): boolean {
    return this.#shelves.size > 0 || this.#again.size > 0
  }

  #remove(positions: Iterable<number>): void {
    const sets = this.#sets
    for (const position of positions) for (const set of sets) if (set.delete(position)) break
  }

  /** Up to where a predecessor's snapshot says of a tenant what is done. */
  #keptUntil(tenantId: string): number {
    return Math.min(this.#keptHigh, this.#keptDeferred.get(tenantId) ?? this.#keptHigh)
  }

  #isShelvedBefore(position: number, keyOf: () => string | undefined): boolean {
    if (this.#keptShelved.size === 0) return false
    if (position >= (this.#keptShelved.get(everyKey) ?? Number.POSITIVE_INFINITY)) return true
    const key = keyOf()
    return key !== undefined && position >= (this.#keptShelved.get(key) ?? Number.POSITIVE_INFINITY)
  }

  /** With what a predecessor had shelved and has not been read again. */
  #withUnread(untouched: readonly Shelved[]): readonly Shelved[] {
    if (this.#high >= this.#keptHigh || this.#keptShelved.size === 0) return untouched
    const all = new Map(this.#keptShelved)
    for (const [key, from] of all) all.set(key, Math.max(from, this.#high + 1))
    for (const [key, from] of untouched) all.set(key, from)
    return [...all]
  }

  /** Where nothing is shelved any more, what was done behind it is remembered still, as if it had had effects. */
  #rememberAll(): void {
    if (!this.#hasShelved) this.#effect = Math.max(this.#effect, this.#high)
  }

  get #deferred(): readonly Deferral[] {
    const own = [...this.#tracks].flatMap(([tenantId, { after }]): Deferral[] =>
      after === undefined ? [] : [[tenantId, after]],
    )
    // Up to where the predecessor's events have not been read again, what it had left lying lies there still.
    const left =
      this.#high >= this.#keptHigh
        ? []
        : [...this.#keptDeferred].filter(([tenantId]) => !this.isDeferred(tenantId))
    return [...own, ...left.map(([tenantId, after]): Deferral => [tenantId, Math.max(after, this.#high)])]
  }

  /** What was done behind its events is remembered still, as if it had had effects. */
  #dropIdle(tenantId: string, { open, after }: Track): void {
    if (after !== undefined || open.size > 0) return
    this.#tracks.delete(tenantId)
    this.#effect = Math.max(this.#effect, this.#high)
  }

  #lowWithout(done: ReadonlySet<number>): number {
    let low = Math.min(this.#high, this.#shelves.low - 1)
    for (const position of this.#again) if (!done.has(position)) low = Math.min(low, position - 1)
    for (const set of this.#sets) {
      if (set === this.#again) continue
      for (const position of set)
        if (!done.has(position)) {
          low = Math.min(low, position - 1)
          break
        }
    }
    for (const { after } of this.#tracks.values()) if (after !== undefined) low = Math.min(low, after)
    return low
  }
}

const nameless = (): undefined => undefined
