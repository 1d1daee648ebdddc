import type { Clock } from '../../core/index.ts'
import { KeelsonError } from '../../core/index.ts'
import type { Decision } from './decision.ts'
import { evolve } from './evolve.ts'
import type { RegistryLog } from './port.ts'
import type { RegistryLimits } from './registry-limits.ts'
import type { RegistryState } from './registry-state.ts'
import { initialState } from './registry-state.ts'

/** Milliseconds for which a state is read from without looking for what other processes have added. */
const freshFor = 1_000
/** Times that a change is decided anew because another process was faster. */
const maxTries = 20

interface Entry {
  state: RegistryState
  /** When the log was last read to its end; undefined where it has to be read again. */
  readAt: number | undefined
  /** The read under way, and the one that follows it for those who asked meanwhile. */
  reading: Promise<void> | undefined
  next: Promise<void> | undefined
  /** The last of the changes that wait for each other. */
  changing: Promise<unknown>
}

/** What is known of each scope, kept up with its log. The scopes that were used longest ago are forgotten. */
export class ScopeLogs {
  readonly #log: RegistryLog
  readonly #clock: Clock
  readonly #limits: RegistryLimits
  readonly #entries = new Map<string, Entry>()

  constructor(log: RegistryLog, clock: Clock, limits: RegistryLimits) {
    this.#log = log
    this.#clock = clock
    this.#limits = limits
  }

  /** As last read, without waiting. */
  peek(scope: string): RegistryState | undefined {
    const entry = this.#entries.get(scope)
    return entry?.readAt === undefined ? undefined : entry.state
  }

  /** At most a second old. */
  async current(scope: string): Promise<RegistryState> {
    const entry = this.#entry(scope)
    const { readAt } = entry
    const age = readAt === undefined ? Number.POSITIVE_INFINITY : this.#clock.now() - readAt
    // A clock that was set back must not keep a state for ever.
    if (age < 0 || age >= freshFor) await this.#read(entry)
    return entry.state
  }

  /** With all that was appended before the call. */
  async fresh(scope: string): Promise<RegistryState> {
    const entry = this.#entry(scope)
    await this.#readAnew(entry)
    return entry.state
  }

  /** Decides on the newest state and records the changes; decides anew where another process was faster. */
  async change<Answer>(
    scope: string,
    decide: (state: RegistryState) => Decision<Answer> | Promise<Decision<Answer>>,
  ): Promise<Answer> {
    const entry = this.#entry(scope)
    const changed = entry.changing.then(() => this.#change(entry, decide))
    entry.changing = changed.catch(() => undefined)
    return changed
  }

  forget(scope: string): void {
    this.#entries.delete(scope)
  }

  get size(): number {
    return this.#entries.size
  }

  async #change<Answer>(
    entry: Entry,
    decide: (state: RegistryState) => Decision<Answer> | Promise<Decision<Answer>>,
  ): Promise<Answer> {
    for (let tries = 1; ; tries += 1) {
      await this.#readAnew(entry)
      const { scope, version } = entry.state
      const { changes, answer } = await decide(entry.state)
      if (changes.length === 0) return answer
      try {
        await this.#log.append(scope, version, changes)
      } catch (error) {
        if (!isConflict(error) || tries === maxTries) throw error
        continue
      }
      // What was recorded stands, also where it cannot be read back just now.
      entry.readAt = undefined
      await this.#readAnew(entry).catch(() => undefined)
      return answer
    }
  }

  #readAnew(entry: Entry): Promise<void> {
    if (entry.reading === undefined) return this.#read(entry)
    entry.next ??= entry.reading
      .catch(() => undefined)
      .then(() => {
        entry.next = undefined
        return this.#read(entry)
      })
    return entry.next
  }

  #read(entry: Entry): Promise<void> {
    entry.reading ??= this.#readOn(entry).finally(() => {
      entry.reading = undefined
    })
    return entry.reading
  }

  async #readOn(entry: Entry): Promise<void> {
    const startedAt = this.#clock.now()
    const { scope } = entry.state
    entry.state =
      (await this.#follow(entry.state)) ?? (await this.#follow(initialState(scope))) ?? initialState(scope)
    entry.readAt = startedAt
    this.#evict(entry)
  }

  /** Undefined where the log is not the one that the state is from: its tenant was deleted, and may be there again. */
  async #follow(known: RegistryState): Promise<RegistryState | undefined> {
    let state = known
    let isSeen = known.version === 0
    // The last change that is known is read again, so that it shows when the log is another one.
    for await (const change of this.#log.read(known.scope, Math.max(0, known.version - 1))) {
      if (isSeen) state = evolve(state, change)
      else if (change.version !== known.version || change.eventId !== known.lastEventId) return undefined
      isSeen = true
    }
    return isSeen ? state : undefined
  }

  #entry(scope: string): Entry {
    const found = this.#entries.get(scope)
    const entry: Entry = found ?? {
      state: initialState(scope),
      readAt: undefined,
      reading: undefined,
      next: undefined,
      changing: Promise.resolve(),
    }
    this.#entries.delete(scope)
    this.#entries.set(scope, entry)
    return entry
  }

  #evict(used: Entry): void {
    let size = 0
    for (const { state } of this.#entries.values()) size += state.size
    for (const [scope, entry] of this.#entries) {
      if (this.#entries.size <= this.#limits.scopes && size <= this.#limits.cachedSize) return
      if (entry === used) continue
      size -= entry.state.size
      this.#entries.delete(scope)
    }
  }
}

const isConflict = (error: unknown): boolean =>
  error instanceof KeelsonError && error.code === 'version_conflict'
