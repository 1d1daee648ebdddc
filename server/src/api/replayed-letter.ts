/** The dead letter that a delivery was before it was given back. Times are RFC 3339. */
export interface ReplayedLetterView {
  /** Why it was one. */
  readonly reason: 'permanent' | 'exhausted' | 'expired' | 'parked'
  readonly setAsideAt: string
  readonly replayedAt: string
  /** Key by which it was given back; null where that is not known. */
  readonly by: string | null
  /** How often it has been given back by now, from 1. */
  readonly times: number
}
