import type { Clock, JsonObject, JsonValue } from '../../core/index.ts'
import { isJsonObject, KeelsonError, systemClock } from '../../core/index.ts'
import type { EventStore } from '../port.ts'
import type { Document, Scope } from '../types.ts'
import type { UnitPart } from './compose-unit.ts'
import { composeUnit } from './compose-unit.ts'
import { checkPayload } from './payload.ts'

/** Timers are documents of this collection, due when they are to fire. */
export const timerCollection = 'timer'

/** Milliseconds for which a fired or cancelled timer's document stays, so that its revisions are not used again. */
const keepFor = 60 * 60 * 1000

export interface NewTimer {
  /** Names it within the tenant; a timer that is scheduled again under its id is moved. */
  readonly id: string
  /** What it is for, such as `PaymentOverdue`. */
  readonly name: string
  /** Milliseconds since the epoch. */
  readonly due: number
  readonly payload: JsonValue
}

export interface Timer extends NewTimer {
  readonly tenantId: string
  readonly revision: number
  /** How often firing it has failed. */
  readonly attempts: number
}

export interface TimerOptions {
  readonly clock?: Clock
  /** Milliseconds before a timer that failed is tried again and between later tries at the most; default 1 s, 5 min. */
  readonly retryDelay?: { readonly initial: number; readonly max: number }
}

export interface FireOptions {
  /** Timers to fire at the most, up to 1,000; default 100. */
  readonly limit?: number
  readonly signal?: AbortSignal
  /** Told of each timer that failed; it is tried again later. */
  readonly onError?: (error: unknown, timer: Timer) => void
}

/** What a timer does, as parts of the unit of work that fires it. */
export type TimerHandler = (timer: Timer) => UnitPart | Promise<UnitPart>

export type { Timers }

/** Opens a store's timers; they need no closing. */
export function createTimers(store: EventStore, options: TimerOptions = {}): Timers {
  return new Timers(store, options)
}

/** Timers that survive a restart and fire once, whichever of several workers is first. */
class Timers {
  readonly #store: EventStore
  readonly #clock: Clock
  readonly #delay: { readonly initial: number; readonly max: number }

  constructor(store: EventStore, options: TimerOptions) {
    this.#store = store
    this.#clock = options.clock ?? systemClock
    this.#delay = options.retryDelay ?? { initial: 1000, max: 5 * 60_000 }
  }

  /** For a unit of work: schedules the timer, or moves it. */
  schedule(tenantId: string, { id, name, due, payload }: NewTimer): UnitPart {
    return change(tenantId, id, due, {
      name,
      payload: checkPayload(`the timer "${id}"`, payload),
      attempts: 0,
    })
  }

  /** For a unit of work: the timer does not fire any more; harmless where it has fired or never was. */
  cancel(tenantId: string, id: string): UnitPart {
    return this.#end(tenantId, id)
  }

  /** For a unit of work: makes it fail with `document_conflict` where the timer was claimed, moved or cancelled. */
  claim({ tenantId, id, revision }: Timer): UnitPart {
    return this.#end(tenantId, id, revision)
  }

  /** Timers that are due, the earliest first. Clears away those that ended a while ago. */
  async due(scope: Scope, limit = 100): Promise<readonly Timer[]> {
    for (;;) {
      const query = { dueUntil: this.#clock.now(), limit }
      const documents = await this.#store.documents(scope, timerCollection, query)
      const timers = documents.map(toTimer)
      const ended = documents.filter((_, index) => timers[index] === undefined)
      if (ended.length > 0) await this.#forget(scope, ended)
      // A page of nothing but ended timers says nothing of those behind it.
      if (ended.length < limit) return timers.filter(timer => timer !== undefined)
    }
  }

  /** Holds a timer back from other workers for some time, for an effect outside; undefined where another has it. */
  async lease(timer: Timer, milliseconds: number): Promise<Timer | undefined> {
    const due = this.#clock.now() + milliseconds
    return (await this.#move(timer, due, timer.attempts))
      ? { ...timer, due, revision: timer.revision + 1 }
      : undefined
  }

  /** Fires what is due, each timer in one unit with what its handler gives; says how many this worker fired. */
  async fire(scope: Scope, handle: TimerHandler, options: FireOptions = {}): Promise<number> {
    let fired = 0
    for (const timer of await this.due(scope, options.limit)) {
      if (options.signal?.aborted) break
      if (await this.#fireOne(timer, handle, options)) fired += 1
    }
    return fired
  }

  async #fireOne(timer: Timer, handle: TimerHandler, { onError }: FireOptions): Promise<boolean> {
    try {
      const unit = composeUnit({ tenantId: timer.tenantId }, this.claim(timer), await handle(timer))
      await this.#store.commit(unit)
      return true
    } catch (error) {
      // Whatever failed: where another worker was faster, this one's parts are meant to fail.
      if ((await this.#revision(timer)) !== timer.revision) return false
      onError?.(error, timer)
      const delay = Math.min(this.#delay.max, this.#delay.initial * 2 ** Math.min(timer.attempts, 20))
      await this.#move(timer, this.#clock.now() + delay, timer.attempts + 1)
      return false
    }
  }

  /** Moves a timer that nobody else has changed, and says whether. */
  async #move(timer: Timer, due: number, attempts: number): Promise<boolean> {
    const { tenantId, id, name, payload, revision } = timer
    try {
      await this.#store.commit({
        scope: { tenantId },
        ...change(tenantId, id, due, { name, payload, attempts }, revision),
      })
      return true
    } catch (error) {
      if (error instanceof KeelsonError && error.code === 'document_conflict') return false
      throw error
    }
  }

  async #revision({ tenantId, id }: Timer): Promise<number | undefined> {
    return (await this.#store.document(tenantId, timerCollection, id))?.revision
  }

  /**
   * An ended timer's document stays for a while. Were it deleted, a timer of the same id would begin at revision 1
   * again, and a worker that still holds the old one could claim the new one.
   */
  #end(tenantId: string, id: string, expected?: number): UnitPart {
    return change(tenantId, id, this.#clock.now() + keepFor, { ended: true }, expected)
  }

  async #forget(scope: Scope, ended: readonly Document[]): Promise<void> {
    const documents = ended.map(({ tenantId, collection, id, revision }) => {
      return { tenantId, collection, id, expected: revision }
    })
    try {
      await this.#store.commit({ scope, documents })
    } catch (error) {
      // One of them was scheduled again or forgotten by another worker; the rest is met again.
      if (!(error instanceof KeelsonError && error.code === 'document_conflict')) throw error
    }
  }
}

function change(tenantId: string, id: string, due: number, value: JsonObject, expected?: number): UnitPart {
  if (!Number.isSafeInteger(due))
    throw new KeelsonError('append_invalid', `The timer "${id}" is due at ${due}, which is no time`)
  const document = { tenantId, collection: timerCollection, id, value, due }
  return { documents: [{ ...document, ...(expected !== undefined && { expected }) }] }
}

/** Undefined for one that has fired or was cancelled. */
function toTimer({ tenantId, id, revision, due, value }: Document): Timer | undefined {
  if (!isJsonObject(value) || value['ended'] === true) return undefined
  const { name, payload, attempts } = value
  if (typeof name !== 'string' || payload === undefined || due === undefined) return undefined
  return { tenantId, id, revision, due, name, payload, attempts: typeof attempts === 'number' ? attempts : 0 }
}
