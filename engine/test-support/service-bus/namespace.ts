import type { Alarm } from '../../src/transport/index.ts'
import { BrokerFault, notFound } from './fault.ts'
import { MessageQueue } from './queue/message-queue.ts'
import { Address } from './topic/address.ts'
import { TopicSubscription } from './topic/subscription.ts'

/** Times in milliseconds; the defaults are those of Azure, but for the lock, which is 30 seconds. */
export interface QueueSettings {
  readonly requiresSession?: boolean
  readonly lockDuration?: number
  readonly maxDeliveryCount?: number
  readonly timeToLive?: number
  readonly deadLettersExpired?: boolean
}

export interface TopicSettings {
  readonly duplicateWindow?: number
  /** As the administration was told it, by the names of its elements. */
  readonly description?: ReadonlyMap<string, string>
}

/** All that a namespace has, and the one timer that lets time pass in it. */
export class Namespace {
  readonly alarm: Alarm
  /** Told whenever something may be there to be given out. */
  onChange: () => void = () => undefined
  /** Told of links whose session was taken away. */
  onSessionLost: (holder: object) => void = () => undefined
  readonly #addresses = new Map<string, Address>()
  readonly #end = new AbortController()
  #timer: { readonly at: number; readonly stop: AbortController } | undefined
  #isTold = false

  constructor(alarm: Alarm) {
    this.alarm = alarm
  }

  createTopic(path: string, { duplicateWindow, description }: TopicSettings = {}): Address {
    return this.#add(new Address(path, this.#now, { duplicateWindow }, description && { description }))
  }

  createQueue(path: string, settings: QueueSettings & TopicSettings = {}): Address {
    const { duplicateWindow, description } = settings
    const more = description && { description }
    return this.#add(
      new Address(path, this.#now, { duplicateWindow }, { queue: this.#queue(path, settings), ...more }),
    )
  }

  createSubscription(
    topic: string,
    name: string,
    settings: QueueSettings & Pick<TopicSettings, 'description'> = {},
  ): TopicSubscription {
    const address = this.address(topic)
    if (address.subscriptions.has(key(name)))
      throw new BrokerFault(
        'com.microsoft:entity-already-exists',
        `The subscription '${name}' exists already.`,
      )
    const queue = this.#queue(`${topic}/Subscriptions/${name}`, settings)
    const subscription = new TopicSubscription(name, queue, settings.description)
    address.subscriptions.set(key(name), subscription)
    return subscription
  }

  remove(path: string): void {
    const [topic = '', name] = split(path)
    const isThere =
      name === undefined
        ? this.#addresses.delete(key(topic))
        : this.address(topic).subscriptions.delete(key(name))
    if (!isThere) throw notFound(path)
  }

  get addresses(): readonly Address[] {
    return [...this.#addresses.values()]
  }

  find(path: string): Address | undefined {
    return this.#addresses.get(key(path))
  }

  address(path: string): Address {
    const found = this.find(path)
    if (found === undefined) throw notFound(path)
    return found
  }

  subscription(path: string): TopicSubscription {
    const [topic = '', name = ''] = split(path)
    const found = this.address(topic).subscriptions.get(key(name))
    if (found === undefined) throw notFound(path)
    return found
  }

  /** The queue that messages of this path are received from. */
  queue(path: string): MessageQueue {
    const isDead = /\/\$deadletterqueue$/i.test(path)
    const plain = path.replace(/\/\$deadletterqueue$/i, '')
    const queue = split(plain)[1] === undefined ? this.address(plain).queue : this.subscription(plain).queue
    const found = isDead ? queue?.deadLetters : queue
    if (found === undefined) throw notFound(path)
    return found
  }

  close(): void {
    this.#end.abort()
    this.#timer?.stop.abort()
  }

  readonly #now = (): number => this.alarm.now()

  #queue(path: string, settings: QueueSettings): MessageQueue {
    const { lockDuration = 30_000, maxDeliveryCount = 10, deadLettersExpired = false } = settings
    const { requiresSession = false, timeToLive = Number.POSITIVE_INFINITY } = settings
    const options = { path, requiresSession, lockDuration, maxDeliveryCount, timeToLive, deadLettersExpired }
    const onSessionLost = (holder: object) => this.onSessionLost(holder)
    return new MessageQueue(options, { now: this.#now, onChange: () => this.#changed(), onSessionLost })
  }

  #add(address: Address): Address {
    if (this.#addresses.has(key(address.path)))
      throw new BrokerFault('com.microsoft:entity-already-exists', `'${address.path}' exists already.`)
    this.#addresses.set(key(address.path), address)
    return address
  }

  /** Tells once for all that happens in one turn, and sees when time is to be looked at again. */
  #changed(): void {
    if (this.#isTold) return
    this.#isTold = true
    queueMicrotask(() => {
      this.#isTold = false
      this.onChange()
      this.schedule()
    })
  }

  /** Wakes up when something is due; to be called when something was scheduled. */
  schedule(): void {
    const at = Math.min(Number.POSITIVE_INFINITY, ...this.addresses.map(({ nextDeadline }) => nextDeadline))
    if (!Number.isFinite(at) || this.#end.signal.aborted || (this.#timer && this.#timer.at <= at)) return
    this.#timer?.stop.abort()
    const timer = { at, stop: new AbortController() }
    this.#timer = timer
    void this.alarm.wait(Math.max(1, at - this.alarm.now()), timer.stop.signal).then(() => {
      if (timer.stop.signal.aborted) return
      this.#timer = undefined
      for (const address of this.addresses) address.sweep()
      this.#changed()
    })
  }
}

/** Paths are compared without regard to case. */
const key = (path: string): string => path.toLowerCase()

const split = (path: string): readonly string[] => path.split(/\/subscriptions\//i)
