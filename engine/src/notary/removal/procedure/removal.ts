import type { Document, DocumentChange } from '../../../store/index.ts'
import type { Approval } from '../approval/approval.ts'
import type { OutOfReach } from '../copies/out-of-reach.ts'
import type { RemovalReceipt } from '../record/receipt.ts'

/**
 * `failed-copies`: a store of copies failed and is tried again; `held`: a hold covers it; `withdrawn`: it was taken back,
 * or there is nothing left that it could remove.
 */
export type RemovalStatus =
  | 'awaiting-approval'
  | 'held'
  | 'running'
  | 'failed-copies'
  | 'completed'
  | 'withdrawn'

/** What is done next once it is approved; see README. */
export type RemovalPhase = 'check' | 'copies' | 'removal' | 'sweep' | 'purge' | 'aftercare' | 'done'

export interface CopyProgress {
  readonly removed: number
  readonly isDone: boolean
  readonly failures: number
  /** Code or name of the last error; never its message, which may hold content. */
  readonly error?: string
}

/** What an erasure and a redaction have in common, as it is kept in a document. */
export interface Removal {
  readonly status: RemovalStatus
  readonly phase: RemovalPhase
  /** RFC 3339. */
  readonly requestedAt: string
  /** The exact text that approvers sign: JCS of the record without `sigs`. */
  readonly record: string
  /** Names of those who are to sign; none where no approver is registered. */
  readonly approvers: readonly string[]
  readonly approvals: readonly Approval[]
  readonly copies: Readonly<Record<string, CopyProgress>>
  /** Milliseconds since the epoch when the copies were first asked; what was said before then has been looked through. */
  readonly copiesSince?: number
  /** Ids of the holds that cover it, also while it waits for signatures. */
  readonly holds: readonly string[]
  /** Tries that failed in a row. */
  readonly failures: number
  /** Where it is withdrawn: why, without content. */
  readonly withdrawnBecause?: string
  /** Whether something may have been destroyed already: then it is brought to its end, whatever it has to wait for. */
  readonly hasBegun?: true
  /** Whether its last look has begun: then something may be gone from the copies that still lies in the store's files. */
  readonly isPurgeOwed?: boolean
  /** Event that records it, once it is recorded. */
  readonly recordId?: string
  readonly receipt?: RemovalReceipt
  /** Exports that may have what was removed, once it is completed. */
  readonly outOfReach?: readonly OutOfReach[]
}

/** A removal as it was read. */
export interface RemovalFile<Value extends Removal> {
  readonly tenantId: string
  readonly collection: string
  readonly id: string
  readonly revision: number
  /** Milliseconds since the epoch when it is looked at again. */
  readonly due?: number | undefined
  readonly value: Value
  /** Where a call changed nothing: what it asks for was done before. */
  readonly isRepeat?: true
}

export const toFile = <Value extends Removal>({
  tenantId,
  collection,
  id,
  revision,
  due,
  value,
}: Document): RemovalFile<Value> => ({
  tenantId,
  collection,
  id,
  revision,
  due,
  value: value as unknown as Value,
})

/** For a unit of work: the removal's next state. `due` in milliseconds since the epoch is when it is looked at again. */
export function fileChange<Value extends Removal>(
  { tenantId, collection, id, revision }: Omit<RemovalFile<Value>, 'value'>,
  value: Value,
  due: number | undefined,
): DocumentChange {
  const change = { tenantId, collection, id, value: JSON.parse(JSON.stringify(value)), expected: revision }
  return due === undefined ? change : { ...change, due }
}

/** What a new removal begins with. */
export const newRemoval = (requestedAt: string) =>
  ({
    status: 'running',
    phase: 'check',
    requestedAt,
    approvals: [],
    copies: {},
    holds: [],
    failures: 0,
  }) as const satisfies Partial<Removal>
