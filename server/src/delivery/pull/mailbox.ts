import { randomBytes } from 'node:crypto'
import type { Alarm, DeliveryContext, Envelope } from 'keelson'
import { KeelsonError } from 'keelson'
import type { Settlement } from './settlement.ts'
import { toError } from './settlement.ts'

/** A delivery that a consumer has been given. */
export interface HandedOut {
  readonly token: string
  readonly event: Envelope
  readonly context: DeliveryContext
  /** Milliseconds since the epoch. */
  readonly expiresAt: number
}

interface Held {
  readonly event: Envelope
  readonly context: DeliveryContext
  readonly resolve: () => void
  readonly reject: (error: unknown) => void
}

interface Out extends Held {
  readonly timer: AbortController
}

/** What became of deliveries that consumers were given. */
export interface SettledCounts {
  readonly handled: number
  readonly failed: number
}

/** Characters of payloads after which a portion ends. */
const largestPortion = 8 * 1024 * 1024

export interface MailboxOptions {
  /** Stands before each token, so that another server knows whose it is. */
  readonly serverId: string
  readonly alarm: Alarm
  /** Told of each delivery that was settled, or not in time. */
  readonly onSettled: (isDone: boolean) => void
}

/**
 * Where handlers leave their events for consumers that ask for them, and wait for what they say. It holds as many as
 * handlers run, so the subscription's concurrency is its bound. Time counts from when a consumer has an event: until then
 * nobody is late.
 */
export class Mailbox {
  readonly #options: MailboxOptions
  readonly #ready = new Set<Held>()
  readonly #out = new Map<string, Out>()
  readonly #waiting = new Set<() => void>()

  constructor(options: MailboxOptions) {
    this.#options = options
  }

  /** Deliveries with consumers. */
  get out(): number {
    return this.#out.size
  }

  /** Whether it holds nothing, and nobody waits for anything. */
  get isEmpty(): boolean {
    return this.#out.size + this.#ready.size + this.#waiting.size === 0
  }

  /** Resolves when a consumer says that it is done; rejects with what it says else, or when nobody waits for it any more. */
  offer(event: Envelope, context: DeliveryContext): Promise<void> {
    context.signal.throwIfAborted()
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    const held = { event, context, resolve, reject }
    const giveUp = () => {
      this.#drop(held)
      reject(context.signal.reason)
    }
    context.signal.addEventListener('abort', giveUp, { once: true })
    this.#ready.add(held)
    this.#tellWaiting()
    return promise.finally(() => context.signal.removeEventListener('abort', giveUp))
  }

  /** Resolves when there is something to take, after so many milliseconds, or as soon as the signal aborts. */
  async wait(milliseconds: number, signal: AbortSignal): Promise<void> {
    if (this.#ready.size > 0 || milliseconds <= 0) return
    const over = new AbortController()
    const both = AbortSignal.any([signal, over.signal])
    const something = new Promise<void>(resolve => {
      this.#waiting.add(resolve)
      both.addEventListener('abort', () => this.#waiting.delete(resolve), { once: true })
    })
    await Promise.race([something, this.#options.alarm.wait(milliseconds, both)])
    over.abort('it is over')
  }

  /** A consumer has so many milliseconds for each. Fewer where events are very large, but one at the least. */
  take(max: number, timeout: number): readonly HandedOut[] {
    const taken: HandedOut[] = []
    let size = 0
    for (const held of this.#ready) {
      if (taken.length >= max || size >= largestPortion) break
      size += JSON.stringify(held.event.payload).length
      this.#ready.delete(held)
      taken.push(this.#handOut(held, timeout))
    }
    return taken
  }

  /** Takes back what did not reach its consumer: that was no try. */
  putBack(tokens: readonly string[]): void {
    for (const token of tokens) {
      const held = this.#takeOut(token)
      if (held !== undefined) this.#ready.add(held)
    }
    this.#tellWaiting()
  }

  /** False where nobody has a delivery by this token. */
  settle({ token, failure }: Settlement): boolean {
    const held = this.#takeOut(token)
    if (failure === undefined) held?.resolve()
    else held?.reject(toError(failure))
    if (held !== undefined) this.#options.onSettled(failure === undefined)
    return held !== undefined
  }

  #handOut(held: Held, timeout: number): HandedOut {
    const { serverId, alarm } = this.#options
    const token = `${serverId}.${randomBytes(15).toString('base64url')}`
    const timer = new AbortController()
    this.#out.set(token, { ...held, timer })
    void alarm.wait(timeout, timer.signal).then(() => {
      const late = timer.signal.aborted ? undefined : this.#takeOut(token)
      if (late === undefined) return
      this.#options.onSettled(false)
      late.reject(
        new KeelsonError('handler_timeout', `No consumer settled it within ${timeout / 1_000} seconds`),
      )
    })
    const { event, context } = held
    return { token, event, context, expiresAt: alarm.now() + timeout }
  }

  #takeOut(token: string): Held | undefined {
    const found = this.#out.get(token)
    if (found === undefined) return undefined
    this.#out.delete(token)
    found.timer.abort('it is settled')
    const { timer: _, ...held } = found
    return held
  }

  #drop({ context }: Held): void {
    for (const held of this.#ready) if (held.context === context) this.#ready.delete(held)
    for (const [token, held] of this.#out) if (held.context === context) this.#takeOut(token)
  }

  /** One pull may take all that there is, so each looks for itself. */
  #tellWaiting(): void {
    if (this.#ready.size === 0) return
    for (const tell of this.#waiting) tell()
    this.#waiting.clear()
  }
}
