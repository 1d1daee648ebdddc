import type { Receipt } from '../../../store/index.ts'

/** Where in the tenant's log it is recorded what was done: something to hand out. */
export interface RemovalReceipt {
  readonly eventId: string
  /** Index of the leaf. */
  readonly n: number
  /** base64url. */
  readonly leafHash: string
  readonly recordedAt: string
  /** Path of the proof on the server. */
  readonly proof: string
}

export const toRemovalReceipt = ({ eventId, sequence, leafHash, recordedAt }: Receipt): RemovalReceipt => ({
  eventId,
  n: sequence,
  leafHash,
  recordedAt,
  proof: `/v1/events/${encodeURIComponent(eventId)}/proof`,
})
