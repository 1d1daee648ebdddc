import { KeelsonError, toKeelsonError } from '../../../core/index.ts'
import type { Alarm } from '../../../transport/index.ts'
import { WakeUp } from '../../delivery/wake-up.ts'
import type { Lease, RetrySchedule } from '../../flow/index.ts'
import { createRetryPolicy, isPermanent } from '../../flow/index.ts'
import type { AcceptedEvent, Carrier } from '../carrier/carrier.ts'
import type { ChannelSettings } from '../event-bus-config.ts'
import { ChannelBuffer } from './channel-buffer.ts'

/** Events of a channel that are on their way to what carries them at the same time. */
const mostOnTheWay = 256

/** Milliseconds between tries where the strategy has one try only. */
const longestPause = 5_000

export interface ChannelStatus {
  readonly name: string
  readonly bufferSize: number
  /** Events that it holds, and emitters that wait for room. */
  readonly held: number
  readonly waiting: number
  /** Since it was made: accepted, passed on, and given up. */
  readonly accepted: number
  readonly carried: number
  readonly failed: number
}

/** An event in the channel, and who waits for it to be carried. */
interface Held extends AcceptedEvent {
  readonly isGuaranteed: boolean
  readonly carried: PromiseWithResolvers<void>
}

export interface ChannelTools {
  readonly carrier: Carrier
  readonly alarm: Alarm
  readonly random: () => number
  /** Told of an accepted event that could not be passed on. */
  readonly onFailed: (event: AcceptedEvent, error: KeelsonError) => void
}

/**
 * A named way for events: a bounded buffer, and what passes them on in the order of each key. What cannot be passed on
 * for the moment is tried again: an event whose emitter waits for the guarantee as often as the channel's strategy says,
 * any other until it goes, while the full buffer holds the emitters back. Errors of which nothing is known end both.
 */
export class Channel {
  readonly settings: ChannelSettings
  readonly #tools: ChannelTools
  readonly #buffer: ChannelBuffer<Held>
  readonly #retry: RetrySchedule
  readonly #timer: WakeUp
  #onTheWay = 0
  #counts = { accepted: 0, carried: 0, failed: 0 }
  #onEmpty: PromiseWithResolvers<void> | undefined
  #closed = false

  constructor(settings: ChannelSettings, tools: ChannelTools) {
    this.settings = settings
    this.#tools = tools
    this.#buffer = new ChannelBuffer(settings, tools.alarm)
    this.#retry = createRetryPolicy(settings.retry)
    this.#timer = new WakeUp(tools.alarm, () => this.#dispatch())
  }

  get status(): ChannelStatus {
    const { name, bufferSize } = this.settings
    const { held, waiting } = this.#buffer
    return { name, bufferSize, held, waiting, ...this.#counts }
  }

  /** Resolves when the channel has accepted the event. @throws KeelsonError `channel_full`, `bus_closed`. */
  async publish(event: AcceptedEvent): Promise<void> {
    await this.#accept({ ...event, isGuaranteed: false, carried: Promise.withResolvers() })
  }

  /** Resolves when the event is carried. @throws KeelsonError as `publish`, and why it could not be carried. */
  async publishWithGuarantee(event: AcceptedEvent): Promise<void> {
    const held: Held = { ...event, isGuaranteed: true, carried: Promise.withResolvers() }
    await this.#accept(held)
    await held.carried.promise
  }

  /** Resolves when it holds nothing. */
  async settled(): Promise<void> {
    while (this.#buffer.held > 0 || this.#buffer.waiting > 0) {
      this.#onEmpty ??= Promise.withResolvers()
      await this.#onEmpty.promise
    }
  }

  /** Takes nothing more, and gives up what was not passed on. */
  close(): void {
    this.#closed = true
    this.#timer.stop()
    this.#buffer.refuseAll(new KeelsonError('bus_closed'))
    for (let lease = this.#take(); lease !== undefined; lease = this.#take())
      this.#fail(lease, new KeelsonError('bus_closed'))
  }

  async #accept(held: Held): Promise<void> {
    // Whoever does not wait for it is told by `onFailed`.
    held.carried.promise.catch(() => undefined)
    if (this.#closed) throw new KeelsonError('bus_closed')
    await this.#buffer.add(held)
    this.#counts.accepted += 1
    this.#dispatch()
  }

  #take(): Lease<Held> | undefined {
    return this.#buffer.take(this.#closed ? Number.POSITIVE_INFINITY : this.#tools.alarm.now())
  }

  #dispatch(): void {
    while (!this.#closed && this.#onTheWay < mostOnTheWay) {
      const lease = this.#take()
      if (lease === undefined) break
      this.#onTheWay += 1
      void this.#carry(lease)
    }
    const wait = this.#buffer.dueIn(this.#tools.alarm.now())
    if (!this.#closed && wait !== undefined && wait > 0) this.#timer.in(wait)
  }

  async #carry(lease: Lease<Held>): Promise<void> {
    const { item } = lease
    try {
      const { handled } = await item.within(() => this.#tools.carrier.carry(item))
      this.#onTheWay -= 1
      this.#counts.carried += 1
      this.#buffer.settle(lease, 'done')
      item.carried.resolve()
      if (handled === undefined) this.#free(item)
      else void handled.then(() => this.#free(item))
    } catch (error) {
      this.#onTheWay -= 1
      const delay = this.#delayAfter(lease, error)
      if (delay === undefined) this.#fail(lease, error)
      else this.#buffer.settle(lease, { retryAt: this.#tools.alarm.now() + delay })
    }
    this.#dispatch()
  }

  /** Milliseconds until it is tried again; undefined where it is not. */
  #delayAfter({ item, attempt }: Lease<Held>, error: unknown): number | undefined {
    if (this.#closed || isPermanent(error)) return undefined
    const delay = this.#retry.nextDelay(attempt, this.#tools.random)
    // Of what is known to pass by itself the end is waited for, unless the emitter waits too.
    const isPassing = error instanceof KeelsonError && error.retryable
    if (delay !== undefined || item.isGuaranteed || !isPassing) return delay
    return this.#retry.nextDelay(Math.max(1, this.#retry.attempts - 1), this.#tools.random) ?? longestPause
  }

  #fail(lease: Lease<Held>, error: unknown): void {
    const { item } = lease
    this.#counts.failed += 1
    this.#buffer.settle(lease, 'done')
    item.carried.reject(error)
    this.#tools.onFailed(item, toKeelsonError(error))
    this.#free(item)
  }

  #free(item: Held): void {
    this.#buffer.free(item)
    if (this.#buffer.held > 0) this.#dispatch()
    else {
      this.#onEmpty?.resolve()
      this.#onEmpty = undefined
    }
  }
}
