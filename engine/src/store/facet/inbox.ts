import { createHash } from 'node:crypto'
import type { Clock } from '../../core/index.ts'
import { KeelsonError, systemClock } from '../../core/index.ts'
import type { EventStore } from '../port.ts'
import type { Receipt, Scope } from '../types.ts'
import type { UnitPart } from './compose-unit.ts'
import { composeUnit } from './compose-unit.ts'

/** Claims are documents of this collection; they are due when they may be forgotten. */
export const inboxCollection = 'inbox'

const day = 24 * 60 * 60 * 1000

export interface InboxOptions {
  /** Who consumes; each consumer handles an event once. */
  readonly consumer: string
  /** Milliseconds after which a claim may be forgotten: longer than anything sends an event again; default 30 days. */
  readonly keepFor?: number
  readonly clock?: Clock
}

export type InboxOutcome =
  | { readonly outcome: 'handled'; readonly receipts: readonly Receipt[] }
  | { readonly outcome: 'duplicate' }

export interface Inbox {
  /** For a unit of work: makes it fail with `document_conflict` where this consumer has handled the event. */
  claim(tenantId: string, eventId: string): UnitPart
  has(tenantId: string, eventId: string): Promise<boolean>
  /** Carries out the parts together with the claim, once for an event whatever delivers it again. */
  handle(tenantId: string, eventId: string, ...parts: readonly UnitPart[]): Promise<InboxOutcome>
}

/** Exactly-once effect for a consumer to whom an event may come more than once. */
export function createInbox(store: EventStore, options: InboxOptions): Inbox {
  const { consumer, keepFor = 30 * day, clock = systemClock } = options
  const has = async (tenantId: string, eventId: string): Promise<boolean> =>
    (await store.document(tenantId, inboxCollection, claimId(eventId, consumer))) !== undefined
  const claim = (tenantId: string, eventId: string): UnitPart => ({
    documents: [
      {
        tenantId,
        collection: inboxCollection,
        id: claimId(eventId, consumer),
        value: { consumer, eventId },
        due: clock.now() + keepFor,
        expected: 0,
      },
    ],
  })
  return {
    claim,
    has,
    async handle(tenantId, eventId, ...parts) {
      try {
        const unit = composeUnit({ tenantId }, claim(tenantId, eventId), ...parts)
        return { outcome: 'handled', receipts: await store.commit(unit) }
      } catch (error) {
        // An earlier part may have failed for what the first handling did, so the claim is asked, not the error.
        if (error instanceof KeelsonError && (await has(tenantId, eventId))) return { outcome: 'duplicate' }
        throw error
      }
    },
  }
}

/** Forgets claims whose time is up, at most `limit` (up to 1,000) of them, and says how many. */
export async function forgetClaims(
  store: EventStore,
  scope: Scope,
  now: number,
  limit = 1000,
): Promise<number> {
  const expired = await store.documents(scope, inboxCollection, { dueUntil: now, limit })
  if (expired.length === 0) return 0
  const documents = expired.map(({ tenantId, collection, id }) => ({ tenantId, collection, id }))
  await store.commit({ scope, documents })
  return expired.length
}

function claimId(eventId: string, consumer: string): string {
  return createHash('sha256').update(`${eventId}:${consumer}`).digest('base64url')
}
