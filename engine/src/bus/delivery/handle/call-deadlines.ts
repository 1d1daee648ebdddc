import type { Alarm } from '../../../transport/index.ts'

interface Call {
  readonly until: number
  readonly parent: AbortSignal
  readonly controller: AbortController
  readonly giveUp: (error: unknown) => void
}

/** A reason of our own: without one each abort would make an error, stack and all, that nobody sees. */
const over = 'the call is over'

/** Calls that may take so long each: one timer for all, as they end in the order in which they began. */
export class CallDeadlines {
  readonly #milliseconds: number
  readonly #alarm: Alarm
  readonly #errorOf: () => Error
  readonly #calls = new Set<Call>()
  readonly #parents = new WeakSet<AbortSignal>()
  #timer: AbortController | undefined
  #isIdling = false

  /** `errorOf` makes what a call is rejected with that takes longer. */
  constructor(milliseconds: number, alarm: Alarm, errorOf: () => Error) {
    this.#milliseconds = milliseconds
    this.#alarm = alarm
    this.#errorOf = errorOf
  }

  /** Runs the work until it ends, its time is over or the parent aborts; its own signal aborts with the latter two. */
  async run(parent: AbortSignal, work: (signal: AbortSignal) => Promise<void>): Promise<void> {
    parent.throwIfAborted()
    this.#listenTo(parent)
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    const controller = new AbortController()
    const call: Call = { until: this.#alarm.now() + this.#milliseconds, parent, controller, giveUp: reject }
    this.#calls.add(call)
    this.#arm()
    // Of work that was given up nobody hears any more.
    work(controller.signal).then(resolve, reject)
    try {
      await promise
    } finally {
      this.#calls.delete(call)
      if (this.#calls.size === 0) this.#disarmSoon()
    }
  }

  #listenTo(parent: AbortSignal): void {
    if (this.#parents.has(parent)) return
    this.#parents.add(parent)
    const end = () => {
      for (const call of this.#calls) if (call.parent === parent) giveUp(call, parent.reason)
    }
    parent.addEventListener('abort', end, { once: true })
  }

  #arm(): void {
    if (this.#timer !== undefined) return
    const [first] = this.#calls
    if (first === undefined) return
    const timer = new AbortController()
    this.#timer = timer
    const wait = Math.max(0, first.until - this.#alarm.now())
    void this.#alarm.wait(wait, timer.signal).then(() => {
      if (timer.signal.aborted) return
      this.#timer = undefined
      this.#giveUpLate()
      this.#arm()
    })
  }

  /** Where the next call begins in this turn, as it does while there is work, the timer goes on. */
  #disarmSoon(): void {
    if (this.#isIdling) return
    this.#isIdling = true
    setImmediate(() => {
      this.#isIdling = false
      if (this.#calls.size > 0) return
      this.#timer?.abort(over)
      this.#timer = undefined
    })
  }

  #giveUpLate(): void {
    const now = this.#alarm.now()
    for (const call of this.#calls) {
      if (call.until > now) return
      this.#calls.delete(call)
      giveUp(call, this.#errorOf())
    }
  }
}

function giveUp(call: Call, reason: unknown): void {
  call.controller.abort(reason)
  call.giveUp(reason)
}
