import type { Clock } from '../../../core/index.ts'
import { KeelsonError } from '../../../core/index.ts'
import { OptionCheck } from '../option/option-check.ts'

export interface BulkheadOptions {
  /** Calls of one name that run at the same time. */
  readonly concurrency: number
  /** Calls of one name that wait behind them; default none. */
  readonly maxWaiting?: number
}

interface Waiter {
  readonly admit: () => void
}

/** What is known of a name while a call of it runs. */
interface Room {
  running: number
  /** In the order in which they came. */
  readonly waiting: Set<Waiter>
  /** Mean milliseconds of late that a call ran; undefined until one has ended. */
  meanTime: number | undefined
}

/** Keeps what goes wrong under one name from taking everything: each has its own bounded number of calls. */
export class Bulkhead {
  readonly #concurrency: number
  readonly #maxWaiting: number
  readonly #clock: Clock
  readonly #rooms = new Map<string, Room>()

  /** @throws KeelsonError `delivery_options_invalid`, with all faults at once. */
  constructor(options: BulkheadOptions, clock: Clock) {
    const check = new OptionCheck('The bulkhead', options)
    check.onlyNames(['concurrency', 'maxWaiting'])
    this.#concurrency = check.number('concurrency', { min: 1, max: 1_000_000, isWhole: true }, Number.NaN)
    this.#maxWaiting = check.number('maxWaiting', { min: 0, max: 1_000_000, isWhole: true }, 0)
    check.throwAny()
    this.#clock = clock
  }

  /** Names with calls at the moment; nothing is kept of the others. */
  get names(): number {
    return this.#rooms.size
  }

  /** Calls of a name that run and that wait. */
  load(name: string): { readonly running: number; readonly waiting: number } {
    const room = this.#rooms.get(name)
    return { running: room?.running ?? 0, waiting: room?.waiting.size ?? 0 }
  }

  /**
   * Runs a task as soon as its name has room.
   * @throws KeelsonError `bulkhead_full` with `retryAfterSeconds`; the signal's reason where it stops the wait.
   */
  async run<Result>(
    name: string,
    task: () => Promise<Result>,
    options: { readonly signal?: AbortSignal } = {},
  ): Promise<Result> {
    options.signal?.throwIfAborted()
    const room = await this.#enter(name, options.signal)
    const started = this.#clock.now()
    try {
      return await task()
    } finally {
      const time = Math.max(0, this.#clock.now() - started)
      room.meanTime = room.meanTime === undefined ? time : room.meanTime + (time - room.meanTime) / 8
      this.#leave(name, room)
    }
  }

  async #enter(name: string, signal: AbortSignal | undefined): Promise<Room> {
    const room = this.#rooms.get(name) ?? { running: 0, waiting: new Set(), meanTime: undefined }
    this.#rooms.set(name, room)
    if (room.running < this.#concurrency) {
      room.running += 1
      return room
    }
    if (room.waiting.size >= this.#maxWaiting) throw this.#refusal(name, room)
    await new Promise<void>((resolve, reject) => {
      const stop = () => {
        room.waiting.delete(waiter)
        reject(signal?.reason)
      }
      const waiter = {
        admit: () => {
          signal?.removeEventListener('abort', stop)
          resolve()
        },
      }
      room.waiting.add(waiter)
      signal?.addEventListener('abort', stop, { once: true })
    })
    return room
  }

  /** The place of a call that has ended goes to the one that waits longest. */
  #leave(name: string, room: Room): void {
    const [next] = room.waiting
    if (next !== undefined) {
      room.waiting.delete(next)
      next.admit()
      return
    }
    room.running -= 1
    if (room.running === 0) this.#rooms.delete(name)
  }

  /** Says when those who wait will be through, by how long calls took of late. */
  #refusal(name: string, { waiting, meanTime }: Room): KeelsonError {
    const wait = ((meanTime ?? 0) * (waiting.size + 1)) / this.#concurrency
    const retryAfterSeconds = Math.min(3_600, Math.max(1, Math.ceil(wait / 1000)))
    const shown = name.slice(0, 128)
    return new KeelsonError('bulkhead_full', `"${shown}" has no room for another call`, {
      name: shown,
      retryAfterSeconds,
    })
  }
}
