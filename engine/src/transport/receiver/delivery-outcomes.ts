import { KeelsonError } from '../../core/index.ts'
import type { DocumentChange, UnitPart } from '../../store/index.ts'
import type { Alarm } from '../alarm.ts'
import type { Delivery } from '../port.ts'
import type { SetAsideOptions } from '../port-types.ts'
import type { Attempt, DeadLetterReason } from '../record/attempt.ts'
import type { Trouble } from '../record/trouble.ts'
import { deadLetterChange } from '../record/trouble.ts'
import type { TenantHands } from './intake/tenant-hands.ts'
import type { ScheduledList } from './kept/scheduled-list.ts'
import type { WaitingList } from './kept/waiting-list.ts'
import { LogDelivery } from './log-delivery.ts'
import type { Settler } from './owner/settler.ts'
import type { ParkedKeys } from './parked-keys.ts'

export interface OutcomeTools {
  readonly subscription: string
  readonly settler: Settler
  readonly waiting: WaitingList
  readonly scheduled: ScheduledList
  readonly hands: TenantHands
  readonly parked: ParkedKeys
  readonly alarm: Alarm
  /** Aborts when the partition is another's. */
  readonly ended: AbortSignal
  /** Told where more that waits is to be looked for. */
  readonly onBehind: () => void
  /** Told of each that is done or set aside. */
  readonly onDone: (delivery: LogDelivery) => void
}

/** What may become of a delivery, each as the documents that it takes. */
export class DeliveryOutcomes {
  readonly #tools: OutcomeTools

  constructor(tools: OutcomeTools) {
    this.#tools = tools
  }

  async complete(deliveries: readonly Delivery[], unit: UnitPart): Promise<void> {
    const { settler } = this.#tools
    const own = deliveries as readonly LogDelivery[]
    const writes = Object.values(unit).some(part => Array.isArray(part) && part.length > 0)
    const kept = own.flatMap(delivery => this.#drop(delivery))
    try {
      await settler.settle(own, [{ documents: kept }, unit], writes || kept.length > 0)
    } catch (error) {
      // Of several it is not known which; whoever gave them tries each alone.
      const [only] = own.length === 1 ? own : []
      if (only === undefined || !(await this.#isOutdated(error, only))) throw error
    }
    for (const delivery of own) this.#forget(delivery)
  }

  async postpone(delivery: Delivery, dueAt: number, attempt: Attempt): Promise<Delivery> {
    const own = delivery as LogDelivery
    const { recorded, partition, orderingKey, isScheduled } = own
    const trouble = own.troubleAfter(attempt)
    const again = (kept: { readonly revision: number; readonly isScheduled?: boolean }) =>
      new LogDelivery(recorded, partition, orderingKey, { trouble, dueAt, ...kept })
    let before = isScheduled ? 0 : own.revision
    for (;;) {
      try {
        await this.#keepWaiting(own, trouble, dueAt, before)
        return again({ revision: before + 1 })
      } catch (error) {
        // It ends at its next outcome, which takes no effect either.
        if (await this.#isOutdated(error, own)) return again({ revision: own.revision, isScheduled })
        const found = isConflict(error) ? await this.#tools.waiting.revisionOf(own) : before
        if (found === before) throw error
        before = found
      }
    }
  }

  async setAside(delivery: Delivery, reason: DeadLetterReason, options: SetAsideOptions): Promise<void> {
    const { settler, subscription, alarm } = this.#tools
    const own = delivery as LogDelivery
    const trouble = own.troubleAfter(options.attempt)
    const letter = deadLetterChange(subscription, trouble, { reason, setAsideAt: alarm.now() })
    const documents = [letter, ...this.#drop(own)]
    const parks = options.parksKey === true || reason === 'parked'
    try {
      if (parks && own.orderingKey !== undefined) await this.#park(own, own.orderingKey, documents)
      else await settler.settle([own], [{ documents }], true)
    } catch (error) {
      if (!(await this.#isOutdated(error, own))) throw error
    }
    this.#forget(own)
  }

  isParked(delivery: Delivery): boolean {
    const { tenantId, orderingKey, trouble, isScheduled } = delivery as LogDelivery
    // What was given back by hand is not held back again.
    const isFirst = trouble === undefined || isScheduled
    return isFirst && orderingKey !== undefined && this.#tools.parked.has(tenantId, orderingKey)
  }

  /** Whether its document was taken away or replaced: another outcome holds, and what replaced it comes by itself. */
  async #isOutdated(error: unknown, own: LogDelivery): Promise<boolean> {
    if (!isConflict(error) || own.trouble === undefined) return false
    const { waiting, scheduled } = this.#tools
    return (await (own.isScheduled ? scheduled : waiting).revisionOf(own)) !== own.revision
  }

  async #keepWaiting(own: LogDelivery, trouble: Trouble, dueAt: number, before: number): Promise<void> {
    const { settler, waiting, scheduled } = this.#tools
    const documents = [waiting.keep(own, trouble, dueAt, before), ...scheduled.drop(own)]
    await settler.settle([own], [{ documents }], true)
    scheduled.forget(own)
  }

  #drop(own: LogDelivery): readonly DocumentChange[] {
    const { waiting, scheduled } = this.#tools
    return [...waiting.drop(own), ...scheduled.drop(own)]
  }

  #forget(own: LogDelivery): void {
    const { waiting, scheduled, hands, onBehind, onDone } = this.#tools
    waiting.forget(own)
    scheduled.forget(own)
    hands.release(own.tenantId)
    onDone(own)
    if (waiting.isBehind) onBehind()
  }

  async #park(own: LogDelivery, orderingKey: string, documents: readonly DocumentChange[]): Promise<void> {
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

const isConflict = (error: unknown): boolean =>
  error instanceof KeelsonError && error.code === 'document_conflict'
