import type { DocumentChange, UnitPart } from '../../store/index.ts'
import type { Alarm } from '../alarm.ts'
import type { Delivery } from '../port.ts'
import type { SetAsideOptions } from '../port-types.ts'
import type { Attempt, DeadLetterReason } from '../record/attempt.ts'
import { deadLetterChange } from '../record/trouble.ts'
import { EmbeddedDelivery } from './embedded-delivery.ts'
import type { ParkedKeys } from './parked-keys.ts'
import type { Settler } from './settler.ts'
import type { WaitingList } from './waiting-list.ts'

export interface OutcomeTools {
  readonly subscription: string
  readonly settler: Settler
  readonly waiting: WaitingList
  readonly parked: ParkedKeys
  readonly alarm: Alarm
  /** Aborts when the partition is another's. */
  readonly ended: AbortSignal
}

/** What may become of a delivery, each as the documents that it takes. */
export class DeliveryOutcomes {
  readonly #tools: OutcomeTools

  constructor(tools: OutcomeTools) {
    this.#tools = tools
  }

  async complete(deliveries: readonly Delivery[], unit: UnitPart): Promise<void> {
    const { settler, waiting } = this.#tools
    const own = deliveries as readonly EmbeddedDelivery[]
    const writes = Object.values(unit).some(part => Array.isArray(part) && part.length > 0)
    const kept = own.flatMap(delivery => waiting.drop(delivery))
    await settler.settle(own, [{ documents: kept }, unit], writes || kept.length > 0)
    for (const delivery of own) waiting.forget(delivery)
  }

  async postpone(delivery: Delivery, dueAt: number, attempt: Attempt): Promise<Delivery> {
    const { settler, waiting } = this.#tools
    const own = delivery as EmbeddedDelivery
    const trouble = own.troubleAfter(attempt)
    await settler.settle([own], [{ documents: [waiting.keep(own, trouble, dueAt)] }], true)
    return new EmbeddedDelivery(own.recorded, own.partition, own.orderingKey, { trouble, dueAt })
  }

  async setAside(delivery: Delivery, reason: DeadLetterReason, options: SetAsideOptions): Promise<void> {
    const { settler, waiting, subscription, alarm } = this.#tools
    const own = delivery as EmbeddedDelivery
    const trouble = own.troubleAfter(options.attempt)
    const letter = deadLetterChange(subscription, trouble, { reason, setAsideAt: alarm.now() })
    const documents = [letter, ...waiting.drop(own)]
    const parks = options.parksKey === true || reason === 'parked'
    if (parks && own.orderingKey !== undefined) await this.#park(own, own.orderingKey, documents)
    else await settler.settle([own], [{ documents }], true)
    waiting.forget(own)
  }

  isParked(delivery: Delivery): boolean {
    const { tenantId, orderingKey, trouble } = delivery as EmbeddedDelivery
    // What was given back by hand is not held back again.
    return trouble === undefined && orderingKey !== undefined && this.#tools.parked.has(tenantId, orderingKey)
  }

  async #park(
    own: EmbeddedDelivery,
    orderingKey: string,
    documents: readonly DocumentChange[],
  ): Promise<void> {
    const { settler, parked, alarm, ended } = this.#tools
    const change = parked.change(own.tenantId, orderingKey, alarm.now())
    try {
      await settler.settle([own], [{ documents: [...documents, change] }], true)
    } catch (error) {
      await parked.settled(own.tenantId, orderingKey, ended.aborted)
      throw error
    }
    await parked.settled(own.tenantId, orderingKey, true)
  }
}
