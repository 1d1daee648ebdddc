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
  /** Of a subject the keys that are recorded as held: those that it had, and within an hour those made later. */
  readonly scope: HoldScope
  readonly reason: string
  /** Entries of the log that it covered when it was set; absent where it is on everything. */
  readonly matches?: number
  /** RFC 3339. */
  readonly at: string
  readonly releasedAt?: string
  readonly releaseReason?: string
  /** Where it was to be released, and was released already. */
  readonly isRepeat?: true
}

/** A hold as it is kept; the subject is sealed under its own key. */
export interface KeptHold extends Hold {
  readonly sealedSubject?: string
  /** Under these ids the log records keys that the subject got later. */
  readonly further?: readonly string[]
}

/** How often a hold on a subject is looked at for keys that were made since; milliseconds. */
export const nextHoldLook = 60 * 60 * 1000

export const holdOf = ({ value }: Document): KeptHold => value as unknown as KeptHold

export function toHold({ sealedSubject: _, further: __, ...hold }: KeptHold): Hold {
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
