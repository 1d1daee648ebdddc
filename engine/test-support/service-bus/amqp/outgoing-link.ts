import type { EventContext, Sender } from 'rhea'
import { BrokerFault } from '../fault.ts'
import type { MessageQueue } from '../queue/message-queue.ts'
import type { Outcome } from '../queue/outcome.ts'
import { toDeliveryTag } from './lock-token.ts'
import { acceptedState, confirm, modifiedOutcome, rejectedOutcome, rejectedState } from './outcome-state.ts'
import { encodeHeld } from './wire-message.ts'

/** What rhea keeps and its types do not say. */
interface SenderState {
  readonly credit: number
  readonly session: {
    readonly outgoing: { readonly next_delivery_id: number; readonly next_pending_delivery: number }
  }
}

/** A link over which a receiver has messages of a queue, or of one session of it. */
export class OutgoingLink {
  readonly queue: MessageQueue
  /** Known once it is locked. */
  session: string | undefined
  readonly #sender: Sender & SenderState
  readonly #deletes: boolean
  readonly #tokens = new Map<number, string>()
  #isOver = false

  constructor(sender: Sender, queue: MessageQueue, session: string | undefined) {
    this.#sender = sender as Sender & SenderState
    this.queue = queue
    this.session = session
    // Sender settles at once: receive and delete.
    this.#deletes = sender.snd_settle_mode === 1
  }

  /** Begins to answer the receiver. */
  start(): this {
    const sender = this.#sender
    sender.on('sendable', () => this.pump())
    sender.on('sender_draining', () => this.#drain())
    sender.on('accepted', context => this.#settle(context, { kind: 'complete' }))
    sender.on('rejected', context => this.#settle(context, rejectedOutcome(context.delivery?.remote_state)))
    sender.on('modified', context => this.#settle(context, modifiedOutcome(context.delivery?.remote_state)))
    sender.on('released', context => this.#settle(context, { kind: 'abandon', properties: {} }))
    return this
  }

  /** Gives out what there is, as far as the receiver has asked for it. */
  pump(): void {
    while (!this.#isOver && this.#room > 0) {
      const held = this.queue.take(this, this.session)
      if (held?.lock === undefined) return
      const { token } = held.lock
      const bytes = encodeHeld(held)
      if (this.#deletes) this.queue.settle(token, { kind: 'complete' })
      const delivery = this.#sender.send(bytes, toDeliveryTag(token), 0)
      if (this.#deletes) continue
      this.#tokens.set(delivery.id, token)
    }
  }

  /** Takes the session away: the link is closed with the reason. */
  lose(fault: BrokerFault): void {
    this.#isOver = true
    this.#sender.close({ condition: fault.condition, description: fault.description })
  }

  /** No link is there any more. In good order its session is free at once, else when its lock runs out. */
  end(isOrderly: boolean): void {
    this.#isOver = true
    if (isOrderly) this.queue.release(this, this.session)
  }

  get #room(): number {
    const { credit, session } = this.#sender
    const unsent = session.outgoing.next_delivery_id - session.outgoing.next_pending_delivery
    return this.#sender.sendable() ? credit - unsent : 0
  }

  #drain(): void {
    this.pump()
    this.#sender.set_drained(true)
  }

  #settle({ delivery }: EventContext, outcome: Outcome): void {
    const token = delivery && this.#tokens.get(delivery.id)
    if (delivery === undefined || token === undefined) return
    this.#tokens.delete(delivery.id)
    try {
      this.queue.settle(token, outcome)
      confirm(delivery, acceptedState())
    } catch (error) {
      if (!(error instanceof BrokerFault)) throw error
      confirm(delivery, rejectedState(error))
    }
  }
}
