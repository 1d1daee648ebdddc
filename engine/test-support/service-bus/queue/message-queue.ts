import { randomUUID } from 'node:crypto'
import { BrokerFault, messageLockLost, sessionLockLost } from '../fault.ts'
import type { HeldMessage, NewMessage } from './held-message.ts'
import { expiryOf, sessionOf } from './held-message.ts'
import type { Outcome, Properties } from './outcome.ts'
import { deadLetterOf, withAnnotations } from './outcome.ts'
import { ReadyList } from './ready-list.ts'
import { SessionTable } from './session-table.ts'

/** Times in milliseconds. */
export interface QueueOptions {
  readonly path: string
  readonly requiresSession: boolean
  readonly lockDuration: number
  readonly maxDeliveryCount: number
  readonly timeToLive: number
  readonly deadLettersExpired: boolean
}

export interface QueueTools {
  readonly now: () => number
  /** Told whenever something may have become available, or something is due. */
  readonly onChange: () => void
  /** Told of links whose session was taken away. */
  readonly onSessionLost: (holder: object) => void
}

/** A queue, the queue of a subscription, or the dead letters of either. */
export class MessageQueue {
  readonly path: string
  options: QueueOptions
  readonly sessions = new SessionTable()
  /** Undefined for dead letters, which have none of their own. */
  readonly deadLetters: MessageQueue | undefined
  readonly #tools: QueueTools
  readonly #messages = new Map<number, HeldMessage>()
  readonly #ready = new ReadyList()
  readonly #locked = new Map<string, HeldMessage>()
  readonly #mortal = new Set<HeldMessage>()
  #sequence = 0
  /** Nothing runs out before it; it may be too early, and never too late. */
  #bound = Number.POSITIVE_INFINITY

  constructor(options: QueueOptions, tools: QueueTools, hasDeadLetters = true) {
    this.path = options.path
    this.options = options
    this.#tools = tools
    if (!hasDeadLetters) return
    const path = `${options.path}/$DeadLetterQueue`
    const plain = { maxDeliveryCount: Number.POSITIVE_INFINITY, timeToLive: Number.POSITIVE_INFINITY }
    this.deadLetters = new MessageQueue({ ...options, ...plain, path, requiresSession: false }, tools, false)
  }

  /** How many may be given out or are given out. */
  get activeCount(): number {
    return [...this.#messages.values()].filter(({ state }) => state === 'active').length
  }

  enqueue({ message, deliveryCount = 0 }: NewMessage): HeldMessage {
    const session = this.options.requiresSession ? sessionOf(message) : undefined
    if (this.options.requiresSession && session === undefined)
      throw new BrokerFault(
        'amqp:not-allowed',
        `The entity '${this.path}' requires sessions, and the message has no session id.`,
      )
    const now = this.#tools.now()
    this.#sequence += 1
    const held: HeldMessage = {
      sequence: this.#sequence,
      message: { ...message, message_id: message.message_id ?? randomUUID() },
      session,
      enqueuedAt: now,
      expiresAt: expiryOf(message, now, this.options.timeToLive),
      deliveryCount,
      state: 'active',
      lock: undefined,
    }
    this.#messages.set(held.sequence, held)
    if (Number.isFinite(held.expiresAt)) this.#mortal.add(held)
    this.#bound = Math.min(this.#bound, held.expiresAt)
    this.#offer(held)
    this.#tools.onChange()
    return held
  }

  /** The next one for a link, locked; for a link of a session the next of that session. */
  take(holder: object, session: string | undefined): HeldMessage | undefined {
    this.sweep()
    if (session !== undefined) {
      const own = this.sessions.get(session)
      if (own.lock?.holder !== holder) return undefined
      return this.#lock(own.ready.take(), holder, own.lock.until)
    }
    if (this.options.requiresSession) return undefined
    return this.#lock(this.#ready.take(), holder, this.#tools.now() + this.options.lockDuration)
  }

  /** One that was put aside, by its sequence number. */
  takeDeferred(sequence: number, holder: object): HeldMessage {
    const held = this.#messages.get(sequence)
    if (held?.state !== 'deferred')
      throw new BrokerFault('com.microsoft:message-not-found', `There is no deferred message ${sequence}.`)
    return this.#lock(held, holder, this.#tools.now() + this.options.lockDuration) ?? held
  }

  /** Settles what is locked under the token. @throws BrokerFault where the lock has gone. */
  settle(token: string, outcome: Outcome): void {
    this.sweep()
    const held = this.#locked.get(token)
    if (held === undefined) throw messageLockLost()
    this.#locked.delete(token)
    held.lock = undefined
    switch (outcome.kind) {
      case 'complete':
        this.#remove(held)
        break
      case 'deadLetter':
        this.#bury(held, outcome.reason, outcome.description, outcome.properties)
        break
      case 'defer':
        held.state = 'deferred'
        this.#annotate(held, outcome.properties)
        break
      case 'abandon':
        this.#annotate(held, outcome.properties)
        this.#comeBack(held, true)
    }
  }

  renew(token: string): number {
    this.sweep()
    const lock = this.#locked.get(token)?.lock
    if (lock === undefined) throw messageLockLost()
    lock.until = this.#tools.now() + this.options.lockDuration
    this.#tools.onChange()
    return lock.until
  }

  acceptSession(id: string | undefined, holder: object): string | undefined {
    this.sweep()
    const session = id === undefined ? this.sessions.next() : this.sessions.get(id)
    if (session === undefined) return undefined
    const until = this.#tools.now() + this.options.lockDuration
    this.sessions.lock(session, holder, until)
    this.#bound = Math.min(this.#bound, until)
    this.#tools.onChange()
    return session.id
  }

  renewSession(id: string, holder?: object): number {
    this.sweep()
    if (holder !== undefined && this.sessions.get(id).lock?.holder !== holder) throw sessionLockLost(id)
    const until = this.#tools.now() + this.options.lockDuration
    this.sessions.renew(id, until)
    for (const { lock, session } of this.#locked.values()) if (lock && session === id) lock.until = until
    this.#tools.onChange()
    return until
  }

  /** A link has closed in good order: its session is free at once, and what it had counts as never given out. */
  release(holder: object, session: string | undefined): void {
    if (session === undefined) return
    for (const [token, held] of this.#locked) {
      if (held.lock?.holder !== holder) continue
      this.#locked.delete(token)
      held.lock = undefined
      this.#comeBack(held, false)
    }
    this.sessions.release(session, holder)
    this.#tools.onChange()
  }

  /** What there is from a sequence number on, taken or not. */
  peek(from: number, count: number, session?: string): readonly HeldMessage[] {
    this.sweep()
    return [...this.#messages.values()]
      .filter(held => held.sequence >= from && (session === undefined || held.session === session))
      .slice(0, count)
  }

  /** Before it nothing runs out. */
  get nextDeadline(): number {
    return Math.min(this.#bound, this.deadLetters?.nextDeadline ?? this.#bound)
  }

  /** Takes back what has run out. */
  sweep(): void {
    const now = this.#tools.now()
    this.deadLetters?.sweep()
    if (now < this.#bound) return
    const lost = this.sessions.expire(now)
    const gone = new Set(lost.map(({ id }) => id))
    for (const [token, held] of this.#locked) {
      const isGone = held.session === undefined ? (held.lock?.until ?? 0) <= now : gone.has(held.session)
      if (!isGone) continue
      this.#locked.delete(token)
      held.lock = undefined
      this.#comeBack(held, true)
    }
    for (const held of this.#mortal) if (held.expiresAt <= now && held.lock === undefined) this.#expire(held)
    this.#bound = this.#earliest()
    for (const { holder } of lost) this.#tools.onSessionLost(holder)
  }

  #earliest(): number {
    let next = this.sessions.nextDeadline
    for (const { lock, session } of this.#locked.values())
      if (lock !== undefined && session === undefined) next = Math.min(next, lock.until)
    // What is locked does not expire before it is free again.
    for (const { expiresAt, lock } of this.#mortal) if (lock === undefined) next = Math.min(next, expiresAt)
    return next
  }

  #lock(held: HeldMessage | undefined, holder: object, until: number): HeldMessage | undefined {
    if (held === undefined) return undefined
    held.lock = { token: randomUUID(), holder, until }
    this.#bound = Math.min(this.#bound, until)
    this.#locked.set(held.lock.token, held)
    // It runs out at a time that somebody has to wait for.
    if (held.session === undefined) this.#tools.onChange()
    return held
  }

  #offer(held: HeldMessage): void {
    if (held.session === undefined) this.#ready.add(held)
    else this.sessions.get(held.session).ready.add(held)
  }

  #comeBack(held: HeldMessage, counts: boolean): void {
    if (held.state === 'deferred') return
    if (counts) held.deliveryCount += 1
    this.#bound = Math.min(this.#bound, held.expiresAt)
    if (held.deliveryCount >= this.options.maxDeliveryCount) {
      const text = `Message could not be consumed after ${held.deliveryCount} delivery attempts.`
      this.#bury(held, 'MaxDeliveryCountExceeded', text, {})
      return
    }
    this.#offer(held)
    this.#tools.onChange()
  }

  #expire(held: HeldMessage): void {
    if (held.session === undefined) this.#ready.remove(held)
    else this.sessions.get(held.session).ready.remove(held)
    if (!this.options.deadLettersExpired) this.#remove(held)
    else this.#bury(held, 'TTLExpiredException', 'The message expired and was dead lettered.', {})
  }

  #bury(
    held: HeldMessage,
    reason: string | undefined,
    description: string | undefined,
    properties: Properties,
  ): void {
    this.#remove(held)
    const message = deadLetterOf(held.message, { reason, description, properties }, this.path)
    const { ttl: _, absolute_expiry_time: __, ...lasting } = message
    this.deadLetters?.enqueue({ message: lasting, deliveryCount: held.deliveryCount })
  }

  #annotate(held: HeldMessage, properties: Properties): void {
    if (Object.keys(properties).length > 0) held.message = withAnnotations(held.message, properties)
  }

  #remove(held: HeldMessage): void {
    this.#messages.delete(held.sequence)
    this.#mortal.delete(held)
  }
}
