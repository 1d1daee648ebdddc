import type { DocumentChange, UnitPart } from '../../../store/index.ts'
import type { Alarm } from '../../alarm.ts'
import type { SetAsideOptions } from '../../port-types.ts'
import type { ParkedKeys } from '../../receiver/parked-keys.ts'
import type { Attempt, DeadLetterReason } from '../../record/attempt.ts'
import { deadLetterChange, waitingChange } from '../../record/trouble.ts'
import { property } from '../message/properties.ts'
import { BusDelivery } from '../session/bus-delivery.ts'
import type { Effects } from './effects.ts'

export interface OutcomeTools {
  readonly subscription: string
  readonly effects: Effects
  readonly parked: ParkedKeys
  readonly alarm: Alarm
  readonly ended: AbortSignal
  /** Sees to what is told to the broker after the store has it: nobody waits for it but the end. */
  readonly inBackground: (work: Promise<void>) => void
}

/** Characters that the broker takes for a description. */
const longestDescription = 4_000

/** What may become of a delivery: in the store first, which counts, and then with the broker. */
export class BusOutcomes {
  readonly #tools: OutcomeTools

  constructor(tools: OutcomeTools) {
    this.#tools = tools
  }

  async complete(deliveries: readonly BusDelivery[], unit: UnitPart): Promise<void> {
    const { effects, inBackground } = this.#tools
    const dropped = deliveries.flatMap(delivery => effects.drop(delivery))
    const writes = Object.values(unit).some(part => Array.isArray(part) && part.length > 0)
    if (writes || dropped.length > 0) {
      const claims = deliveries.flatMap(delivery => effects.claim(delivery, false))
      await effects.add(deliveries, [{ documents: [...claims, ...dropped] }, unit])
      for (const { session } of deliveries) session.release()
      inBackground(this.#acknowledge(deliveries))
      return
    }
    try {
      await this.#acknowledge(deliveries)
    } finally {
      for (const { session } of deliveries) session.release()
    }
  }

  async postpone(delivery: BusDelivery, dueAt: number, attempt: Attempt): Promise<BusDelivery> {
    const { effects, subscription } = this.#tools
    const trouble = delivery.troubleAfter(attempt)
    const due = Math.ceil(dueAt)
    const expected = delivery.kept?.revision ?? 0
    await effects.keep(waitingChange(subscription, trouble, due, expected), trouble.attempts.length)
    const kept = { trouble, dueAt, revision: expected + 1 }
    return new BusDelivery(delivery.facts, delivery.session, delivery.message, kept)
  }

  async setAside(delivery: BusDelivery, reason: DeadLetterReason, options: SetAsideOptions): Promise<void> {
    const { effects, subscription, alarm, inBackground } = this.#tools
    const trouble = delivery.troubleAfter(options.attempt)
    const letter = deadLetterChange(subscription, trouble, { reason, setAsideAt: alarm.now() })
    const documents = [letter, ...effects.claim(delivery, true), ...effects.drop(delivery)]
    const parks = options.parksKey === true || reason === 'parked'
    if (parks && delivery.orderingKey !== undefined)
      await this.#park(delivery, delivery.orderingKey, documents)
    else await effects.add([delivery], [{ documents }])
    delivery.session.release()
    inBackground(this.#bury(delivery, reason, trouble.attempts.at(-1)))
  }

  isParked({ tenantId, orderingKey, kept }: BusDelivery): boolean {
    // What was given back by hand is not held back again.
    return kept === undefined && orderingKey !== undefined && this.#tools.parked.has(tenantId, orderingKey)
  }

  async #park(delivery: BusDelivery, key: string, documents: readonly DocumentChange[]): Promise<void> {
    const { effects, parked, alarm, ended } = this.#tools
    const { tenantId } = delivery
    const change = parked.change(tenantId, key, alarm.now())
    try {
      await effects.add([delivery], [{ documents: [...documents, change] }])
    } catch (error) {
      await parked.settled(tenantId, key, ended.aborted)
      throw error
    }
    await parked.settled(tenantId, key, true)
  }

  async #acknowledge(deliveries: readonly BusDelivery[]): Promise<void> {
    await Promise.all(
      deliveries.map(async ({ session, message }) => {
        if (message !== undefined) await session.complete(message)
      }),
    )
  }

  /** A copy for the broker's own tools; the record in the store is the one that counts. */
  async #bury(
    { session, message }: BusDelivery,
    reason: DeadLetterReason,
    last: Attempt | undefined,
  ): Promise<void> {
    const description = (last?.message ?? `It is ${reason}`).slice(0, longestDescription)
    const properties = { [property.setAside]: true }
    if (message !== undefined) await session.deadLetter(message, { reason, description, properties })
  }
}
