import type { ReplayPlace, ReplayRequest } from '../../api/delivery-types.ts'
import { parseInstant, type Zone } from '../../time/format.ts'

/** One end of a stretch of the log: open, or at a position or time. */
export interface End {
  readonly kind: 'open' | 'position' | 'time'
  readonly at: string
}

export interface ReplayDraft {
  readonly subscription: string
  readonly from: End
  readonly to: End
  readonly types: readonly string[]
  readonly filter: string
  readonly rate: string
  readonly withSideEffects: boolean
}

export const OPEN: End = { kind: 'open', at: '' }

export const newDraft = (subscription: string): ReplayDraft => ({
  subscription,
  from: OPEN,
  to: OPEN,
  types: [],
  filter: '',
  rate: '',
  withSideEffects: false,
})

function placeOf({ kind, at }: End, zone: Zone): ReplayPlace | undefined {
  if (kind === 'open') return undefined
  if (kind === 'position') return { position: Number(at) }
  const instant = parseInstant(at, zone)
  // What cannot be read goes as it is: the server says what is wrong with it.
  return { time: instant === undefined ? at : new Date(instant).toISOString() }
}

export function replayRequest(draft: ReplayDraft, zone: Zone): ReplayRequest {
  const [from, to] = [placeOf(draft.from, zone), placeOf(draft.to, zone)]
  return {
    subscription: draft.subscription,
    ...(from && { from }),
    ...(to && { to }),
    ...(draft.types.length > 0 && { types: draft.types }),
    ...(draft.filter.trim() !== '' && { filter: draft.filter.trim() }),
    ...(draft.rate !== '' && { ratePerSecond: Number(draft.rate) }),
    withSideEffects: draft.withSideEffects,
  }
}
