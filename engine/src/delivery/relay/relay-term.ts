import { fingerprintOf } from '../../bus/index.ts'
import { isJsonObject, KeelsonError } from '../../core/index.ts'
import type { RecordedEvent } from '../../store/index.ts'
import type { Delivery, Receiver, SendResult } from '../../transport/index.ts'
import { recordedOf } from '../../transport/index.ts'
import type { RelaySettings } from './relay-options.ts'
import type { RelayPauses } from './relay-pauses.ts'
import type { RelaySender } from './relay-sender.ts'
import { isSendable } from './relay-sender.ts'

export interface RelayTermOptions {
  readonly settings: RelaySettings
  readonly receiver: Receiver
  readonly sender: RelaySender
  readonly pauses: RelayPauses
  /** No more is taken; what is in hand is sent. */
  readonly halt: AbortSignal
  /** Nothing is sent any more. */
  readonly stop: AbortSignal
}

/** What became of each delivery; undefined for what was not to be sent. */
type Results = readonly (SendResult | undefined)[]

/** One partition from its first event to the end of this process's leadership. */
export class RelayTerm {
  readonly #options: RelayTermOptions
  readonly #over = new AbortController()
  readonly #ended: AbortSignal
  /** What is being kept as done, while what comes next is on its way. */
  readonly #keeping = new Set<Promise<void>>()
  #fault: { readonly error: unknown } | undefined
  #turn: AbortSignal | undefined

  constructor(options: RelayTermOptions) {
    this.#options = options
    this.#ended = AbortSignal.any([options.stop, this.#over.signal])
  }

  /** Resolves when it is halted; rejects with what else has ended it. Nothing of it is running then. */
  async run(): Promise<void> {
    const renewing = this.#renewAll()
    renewing.catch(() => undefined)
    try {
      await this.#work()
    } finally {
      this.#over.abort()
      // Where the ownership has ended that is the reason why the work has.
      await renewing
    }
  }

  async #work(): Promise<void> {
    const { receiver, settings, halt } = this.#options
    const pulling = AbortSignal.any([halt, this.#ended])
    while (!pulling.aborted) {
      const deliveries = await receiver.pull(settings.batchSize, this.#turnOf(pulling))
      if (deliveries.length === 0) {
        if (!pulling.aborted) await this.#check()
        continue
      }
      if (receiver.kept === undefined) await this.#keepFloor(deliveries)
      const results = await this.#bring(deliveries)
      // Nobody waits for it: how much may be in hand is bounded by the receiver's window.
      this.#keep(this.#settle(deliveries, results))
    }
    await this.#kept()
    if (this.#fault !== undefined) throw this.#fault.error
  }

  /** Ends a pull when it is time to look what the broker has. */
  #turnOf(pulling: AbortSignal): AbortSignal {
    if (this.#turn?.aborted !== false) {
      const { alarm, checkEvery } = this.#options.settings
      const over = new AbortController()
      this.#turn = AbortSignal.any([pulling, over.signal])
      void alarm.wait(checkEvery, this.#ended).then(() => over.abort())
    }
    return this.#turn
  }

  /** Who is no owner yet has nothing to look for. */
  async #check(): Promise<void> {
    const { receiver, sender, pauses } = this.#options
    if (receiver.kept === undefined) return
    try {
      await this.#begin()
      pauses.reset()
    } catch (error) {
      sender.doubt()
      if (!this.#ended.aborted) await pauses.pause(error, this.#ended)
    }
  }

  #keep(settling: Promise<void>): void {
    const kept = settling
      .catch((error: unknown) => {
        this.#fault ??= { error }
        this.#over.abort()
      })
      .finally(() => this.#keeping.delete(kept))
    this.#keeping.add(kept)
  }

  async #kept(): Promise<void> {
    await Promise.all(this.#keeping)
  }

  /** Sends until the broker has taken them; a result for each. */
  async #bring(deliveries: readonly Delivery[]): Promise<Results> {
    const { sender, pauses, receiver } = this.#options
    const events = deliveries.map(eventOf)
    const own = events.every(isSendable) ? events : events.filter(isSendable)
    for (;;) {
      if (this.#ended.aborted) throw this.#fault?.error ?? new KeelsonError('subscription_closed')
      try {
        if (!sender.isBegun) await this.#begin()
        const results = await this.#answer(sender.send(own, this.#ended))
        pauses.reset()
        if (own === events) return results
        let sent = 0
        return events.map(event => (isSendable(event) ? results[sent++] : undefined))
      } catch (error) {
        sender.doubt()
        if (!this.#ended.aborted) await pauses.pause(error, this.#ended)
        // Who was overtaken on the broker may have been overtaken altogether.
        await receiver.renew()
      }
    }
  }

  async #begin(): Promise<void> {
    const { receiver, sender } = this.#options
    await this.#kept()
    const { position } = await receiver.status()
    await this.#answer(sender.begin(this.#floor, position, this.#ended))
  }

  /** A broker that hangs does not hold up who closes: what it was asked is left, and asked again by the next one. */
  async #answer<Result>(asked: Promise<Result>): Promise<Result> {
    const { stop } = this.#options
    const left = Promise.withResolvers<never>()
    const leave = () => left.reject(new KeelsonError('subscription_closed'))
    stop.addEventListener('abort', leave, { once: true })
    if (stop.aborted) leave()
    try {
      return await Promise.race([asked, left.promise])
    } finally {
      stop.removeEventListener('abort', leave)
    }
  }

  async #settle(deliveries: readonly Delivery[], results: Results): Promise<void> {
    const { receiver } = this.#options
    const refused = new Map<Delivery, KeelsonError>()
    for (const [at, delivery] of deliveries.entries()) {
      const result = results[at]
      if (result !== undefined && 'error' in result) refused.set(delivery, result.error)
    }
    const taken = refused.size === 0 ? deliveries : deliveries.filter(delivery => !refused.has(delivery))
    const setAside = [...refused].map(([delivery, error]) => this.#setAside(delivery, error))
    await Promise.all([receiver.complete(taken), ...setAside])
  }

  async #setAside(delivery: Delivery, error: KeelsonError): Promise<void> {
    const { receiver, pauses, settings } = this.#options
    pauses.note(error)
    const { name, code, message } = error
    const at = settings.alarm.now()
    const attempt = { at, name, code, message: message.slice(0, 1_000), fingerprint: fingerprintOf(error) }
    await receiver.setAside(delivery, 'permanent', { attempt })
  }

  /** What a relay that begins later than the log need not send to a broker that has nothing. */
  async #keepFloor([first]: readonly Delivery[]): Promise<void> {
    const { receiver, settings } = this.#options
    await receiver.keep({ from: settings.start === 'beginning' ? 0 : (first?.position ?? 1) - 1 })
  }

  get #floor(): number {
    const { kept } = this.#options.receiver
    const from = isJsonObject(kept) ? kept['from'] : undefined
    return typeof from === 'number' ? from : 0
  }

  async #renewAll(): Promise<void> {
    const { receiver, settings } = this.#options
    while (!this.#ended.aborted) {
      await settings.alarm.wait(receiver.renewEvery, this.#ended)
      try {
        if (!this.#ended.aborted) await receiver.renew()
      } catch (error) {
        this.#over.abort()
        throw error
      }
    }
  }
}

function eventOf(delivery: Delivery): RecordedEvent {
  const event = recordedOf(delivery)
  if (event !== undefined) return event
  throw new KeelsonError('transport_unsupported', 'A relay takes its events from a log')
}
