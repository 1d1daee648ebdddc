import type { ServiceBusReceivedMessage, ServiceBusSessionReceiver } from '@azure/service-bus'
import { KeelsonError } from '../../../core/index.ts'
import { systemAlarm } from '../../alarm.ts'
import { isLockLost } from '../client/bus-error.ts'
import type { BusDelivery } from './bus-delivery.ts'
import type { Burial, KeyHold } from './key-hold.ts'

/** What becomes of a message when it arrives: it is delivered, done already, or none of ours. */
export type Admission = BusDelivery | 'done' | 'foreign'

export interface SessionTools {
  /** Messages that are asked for ahead. */
  readonly credit: number
  /** Told of a message that is here: `more` asks for another one in its place, before it is settled. */
  readonly onArrival: (more: () => void) => void
  /** Told when one of them is settled. */
  readonly onSettled: (more: () => void) => void
  /** Deliveries after which another key has its turn, where others wait. */
  readonly turn: number
  readonly othersWait: () => boolean
  readonly admit: (message: ServiceBusReceivedMessage, session: HeldSession) => Promise<Admission>
  readonly deliver: (delivery: BusDelivery) => void
  /** It is over; `isLost` where something was in hand that now comes again. */
  readonly onEnd: (session: HeldSession, isLost: boolean) => void
}

/**
 * Milliseconds, by the clock on the wall, for which an empty session is kept: often its next message is on its way. At least
 * so long, and twice as long as the first one took, up to a second: over a slow line messages are longer on their way.
 */
const linger = { least: 30, most: 1_000 }

/** Milliseconds for the first one: a session is given because it has messages. */
const firstWithin = 2_000

/**
 * A session of the broker as long as this process has its lock: its messages come one after another, and the key is nobody
 * else's. What is not settled when it ends comes again, in its order.
 */
export class HeldSession implements KeyHold {
  readonly id: string
  readonly #receiver: ServiceBusSessionReceiver
  readonly #tools: SessionTools
  readonly #end = new AbortController()
  /** Rejects when it ends: what the broker has not answered by then it never will. */
  readonly #gone = Promise.withResolvers<never>()
  readonly #settled = new Map<ServiceBusReceivedMessage, () => void>()
  #admissions: Promise<void> = Promise.resolve()
  #arriving = 0
  #inHand = 0
  #settling = 0
  #given = 0
  #startedAt = 0
  #linger = firstWithin
  #idle: AbortController | undefined

  constructor(receiver: ServiceBusSessionReceiver, tools: SessionTools) {
    this.id = receiver.sessionId
    this.#receiver = receiver
    this.#tools = tools
    this.#gone.promise.catch(() => undefined)
  }

  get inHand(): number {
    return this.#inHand
  }

  start(): void {
    const handlers = {
      processMessage: (message: ServiceBusReceivedMessage) => this.#take(message),
      processError: async () => {
        this.#finish()
      },
    }
    this.#receiver.subscribe(handlers, {
      autoCompleteMessages: false,
      maxConcurrentCalls: this.#tools.credit,
    })
    this.#startedAt = performance.now()
    this.#rest()
  }

  /** Adds what has no message of its own, behind what is in hand. */
  add(make: (session: HeldSession) => BusDelivery): void {
    if (this.#end.signal.aborted) return
    this.#inHand += 1
    this.#wake()
    this.#heard()
    this.#admissions = this.#admissions.then(() => this.#tools.deliver(make(this)))
  }

  async complete(message: ServiceBusReceivedMessage): Promise<void> {
    await this.#settle(message, () => this.#receiver.completeMessage(message))
  }

  async deadLetter(message: ServiceBusReceivedMessage, why: Burial): Promise<void> {
    const { reason, description, properties } = why
    const options = { ...properties, deadLetterReason: reason, deadLetterErrorDescription: description }
    await this.#settle(message, () => this.#receiver.deadLetterMessage(message, options))
  }

  release(): void {
    this.#inHand -= 1
    this.#rest()
  }

  async renew(): Promise<void> {
    try {
      await this.#receiver.renewSessionLock()
    } catch (error) {
      // While the broker is away the lock may still be ours: the next try tells.
      if (isLockLost(error) || this.#receiver.isClosed) this.#finish()
    }
  }

  async close(): Promise<void> {
    this.#end.abort()
    this.#wake()
    for (const message of this.#settled.keys()) this.#forget(message)
    await this.#receiver.close()
  }

  /** Resolves when the message is settled, or before where there is room: then the broker may send another one. */
  #take(message: ServiceBusReceivedMessage): Promise<void> {
    this.#wake()
    this.#heard()
    const { turn, othersWait } = this.#tools
    // What comes beyond its turn is left as it is, and comes again when the session is given back.
    const isOver = this.#given >= turn && othersWait()
    return new Promise(resolve => {
      this.#settled.set(message, resolve)
      this.#tools.onArrival(resolve)
      if (isOver || this.#end.signal.aborted) return this.#rest()
      this.#given += 1
      this.#arriving += 1
      this.#admissions = this.#admissions.then(() => this.#admit(message))
    })
  }

  async #admit(message: ServiceBusReceivedMessage): Promise<void> {
    try {
      if (this.#end.signal.aborted) return
      const admission = await this.#tools.admit(message, this)
      if (this.#end.signal.aborted) return
      if (admission === 'done') await this.complete(message)
      else if (admission === 'foreign') await this.deadLetter(message, unreadable)
      else {
        this.#inHand += 1
        this.#tools.deliver(admission)
      }
    } catch {
      // What can be neither asked for nor settled comes again with the session.
      this.#finish()
    } finally {
      this.#arriving -= 1
      this.#rest()
    }
  }

  async #settle(message: ServiceBusReceivedMessage, run: () => Promise<void>): Promise<void> {
    this.#settling += 1
    this.#wake()
    try {
      await Promise.race([run(), this.#gone.promise])
    } catch (error) {
      this.#finish()
      const reason = error instanceof Error ? error.message : String(error)
      throw new KeelsonError('subscription_lost', `The session of a key is lost: ${reason}`)
    } finally {
      this.#settling -= 1
      this.#forget(message)
      this.#rest()
    }
  }

  /** It has something to do: from the first time on it is known how long that takes here. */
  #heard(): void {
    if (this.#linger !== firstWithin) return
    const took = performance.now() - this.#startedAt
    this.#linger = Math.min(linger.most, Math.max(linger.least, 2 * took))
  }

  #forget(message: ServiceBusReceivedMessage): void {
    const resolve = this.#settled.get(message)
    if (resolve === undefined) return
    this.#settled.delete(message)
    resolve()
    this.#tools.onSettled(resolve)
  }

  #wake(): void {
    this.#idle?.abort()
    this.#idle = undefined
  }

  /** Gives the session back when nothing comes for a while. */
  #rest(): void {
    if (this.#inHand + this.#arriving + this.#settling > 0 || this.#end.signal.aborted) return
    this.#wake()
    const idle = new AbortController()
    this.#idle = idle
    void systemAlarm.wait(this.#linger, idle.signal).then(() => {
      if (!idle.signal.aborted) this.#finish()
    })
  }

  #finish(): void {
    if (this.#end.signal.aborted) return
    const isLost = this.#inHand > 0
    this.#end.abort()
    this.#gone.reject(new Error('It has ended'))
    this.#tools.onEnd(this, isLost)
  }
}

const unreadable = {
  reason: 'unreadable',
  description: 'It is no event that Keelson has sent, or its body cannot be read',
}
