import { KeelsonError } from '../../../core/index.ts'
import type { DocumentChange, EventStore, Inbox, Scope, UnitPart } from '../../../store/index.ts'
import { composeUnit, createInbox } from '../../../store/index.ts'
import type { Alarm } from '../../alarm.ts'
import { troubleId, waitingCollection } from '../../record/collections.ts'
import { readTrouble } from '../../record/trouble.ts'
import type { BusDelivery } from '../session/bus-delivery.ts'
import { UnitQueue } from './unit-queue.ts'

export interface EffectTools {
  readonly store: EventStore
  readonly scope: Scope
  readonly subscription: string
  /** Milliseconds for which a claim is kept. */
  readonly claimsFor: number
  readonly alarm: Alarm
  readonly ended: AbortSignal
}

/** A unit that fails as if the database were away, while it is there, is at fault itself. */
const mostTries = 5

/**
 * What deliveries write, committed together with a claim on each event: what the broker gives again, because it did not
 * hear that it was done, is known by its claim. So each takes effect once.
 */
export class Effects {
  readonly inbox: Inbox
  readonly #tools: EffectTools
  readonly #commits: UnitQueue

  constructor(tools: EffectTools) {
    this.#tools = tools
    const { store, subscription, claimsFor, alarm } = tools
    this.inbox = createInbox(store, { consumer: subscription, keepFor: claimsFor, clock: alarm })
    this.#commits = new UnitQueue(parts => this.#commit(parts))
  }

  /** Commits the parts, unless the events have taken effect before. */
  async add(deliveries: readonly BusDelivery[], parts: readonly UnitPart[]): Promise<void> {
    const { scope: _, ...part } = composeUnit(this.#tools.scope, ...parts)
    try {
      await this.#commits.add(part)
    } catch (error) {
      if (!isConflict(error)) throw error
      const done = await Promise.all(deliveries.map(delivery => this.#isDone(delivery)))
      if (!done.every(Boolean)) throw error
    }
  }

  /** Commits one change of what waits; a repeat of what was carried out does no harm. */
  async keep(change: DocumentChange, attempts: number): Promise<void> {
    try {
      await this.#commits.add({ documents: [change] })
    } catch (error) {
      if (!isConflict(error)) throw error
      const found = await this.#tools.store.document(change.tenantId, change.collection, change.id)
      if (found === undefined || readTrouble(found)?.attempts.length !== attempts) throw error
    }
  }

  idle(): Promise<void> {
    return this.#commits.idle()
  }

  /**
   * The claim on an event. One that is set aside is claimed without an end, as long as its record may be given back; what
   * was given back is told by the revision of its record instead.
   */
  claim({ tenantId, eventId, message }: BusDelivery, isLasting: boolean): readonly DocumentChange[] {
    return (this.inbox.claim(tenantId, eventId).documents ?? []).map(({ due, expected, ...claim }) => ({
      ...claim,
      ...(isLasting || due === undefined ? {} : { due }),
      ...(message === undefined || expected === undefined ? {} : { expected }),
    }))
  }

  /** Takes away what is kept of an event that waited, if nobody has changed it. */
  drop(delivery: BusDelivery): readonly DocumentChange[] {
    const { kept, tenantId } = delivery
    if (kept === undefined) return []
    const collection = waitingCollection(this.#tools.subscription, kept.trouble.partition)
    return [{ tenantId, collection, id: troubleId(kept.trouble), expected: kept.revision }]
  }

  async #isDone(delivery: BusDelivery): Promise<boolean> {
    const { tenantId, eventId, message, kept } = delivery
    if (message !== undefined) return this.inbox.has(tenantId, eventId)
    const collection = waitingCollection(this.#tools.subscription, delivery.facts.partition)
    const found = kept && (await this.#tools.store.document(tenantId, collection, troubleId(kept.trouble)))
    return found?.revision !== kept?.revision
  }

  async #commit(parts: readonly UnitPart[]): Promise<void> {
    const { store, scope, alarm, ended } = this.#tools
    for (let tries = 1; ; tries += 1) {
      try {
        await store.commit(composeUnit(scope, ...parts))
        return
      } catch (error) {
        // Where only the answer got lost the next try meets the claim.
        if (!isAway(error) || tries >= mostTries || ended.aborted) throw error
        await alarm.wait(Math.min(1_000, 20 * 2 ** tries), ended)
      }
    }
  }
}

const isConflict = (error: unknown): boolean =>
  error instanceof KeelsonError && error.code === 'document_conflict'

const isAway = (error: unknown): boolean =>
  error instanceof KeelsonError && error.status === 503 && error.code !== 'store_closed'
