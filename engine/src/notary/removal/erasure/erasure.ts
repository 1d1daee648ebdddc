import type { JsonObject } from '../../../core/index.ts'
import { canonicalJson } from '../../../core/index.ts'
import type { Removal } from '../procedure/removal.ts'
import type { RemovalTargets } from '../record/targets.ts'

export const erasureCollection = 'erasure'

/** An erasure as it is kept. */
export interface Erasure extends Removal {
  /** The rule or the will that it is done for, such as `gdpr-17-1-b`. */
  readonly basis: string
  /** The request that it answers, such as the number of a ticket. */
  readonly request: string
  /** Keys of the subject that are destroyed, in ascending order. */
  readonly keys: readonly string[]
  /** Under its own key; absent once it is completed. */
  readonly sealedSubject?: string
}

/** The record of an erasure without its signatures. */
export const erasureRecord = (
  { basis, request, keys }: Pick<Erasure, 'basis' | 'request' | 'keys'>,
  approvedBy: readonly string[],
  targets: RemovalTargets,
): JsonObject => ({
  action: 'erasure',
  approvedBy: [...approvedBy],
  basis,
  keys: [...keys],
  method: 'key-destruction',
  request,
  targets: { ...targets },
})

export const recordText = (record: JsonObject): string => canonicalJson(record)
