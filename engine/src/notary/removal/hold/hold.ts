import type { Document, EventStore } from '../../../store/index.ts'
import { documentsOf } from '../tenant-documents.ts'

export const holdCollection = 'hold'

/** What a hold keeps from being removed, as it is recorded. */
export type HoldScope =
  | { readonly all: true }
  /** Events in which one of these keys sealed something. */
  | { readonly subjectKeys: readonly string[] }
  | { readonly stream: string }

/** A legal hold: while it is active nothing that it covers is removed. */
export interface Hold {
  readonly id: string
  /** Of a subject the keys that it had when the hold was set; those made later are held too. */
  readonly scope: HoldScope
  readonly reason: string
  /** RFC 3339. */
  readonly at: string
  readonly releasedAt?: string
  readonly releaseReason?: string
}

/** A hold as it is kept; the subject is sealed under its own key. */
export interface KeptHold extends Hold {
  readonly sealedSubject?: string
}

export const holdOf = ({ value }: Document): KeptHold => value as unknown as KeptHold

export function toHold({ sealedSubject: _, ...hold }: KeptHold): Hold {
  return hold
}

export async function activeHolds(store: EventStore, tenantId: string): Promise<readonly KeptHold[]> {
  const active: KeptHold[] = []
  for await (const document of documentsOf(store, tenantId, holdCollection)) {
    const hold = holdOf(document)
    if (hold.releasedAt === undefined) active.push(hold)
  }
  return active
}
