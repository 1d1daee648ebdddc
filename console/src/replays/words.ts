import type { ReplayItem, ReplayState, SubscriptionItem } from '../api/delivery-types.ts'
import type { Tone } from '../delivery/mark.tsx'
import { numberText } from '../delivery/words.ts'

export const RUN_STATES: Readonly<Record<ReplayState, Tone>> = {
  running: 'work',
  paused: 'warn',
  done: 'ok',
  aborted: 'mute',
  failed: 'bad',
}

/** What is done of a run, from 0 to 1; undefined where nobody knows how much it is about. */
export function doneShare({ state, progress }: ReplayItem, total?: number): number | undefined {
  if (state === 'done') return 1
  const { position, from, to, replayed, failed, held, skipped } = progress
  if (from !== null && to !== null && to >= from)
    return position === null ? 0 : bound((position - from + 1) / (to - from + 1))
  const all = total ?? 0
  return all === 0 ? undefined : bound((replayed + failed + held + skipped) / all)
}

const bound = (share: number): number => Math.min(1, Math.max(0, share))

/** `12 of 40 replayed, 2 held behind parked keys` */
export function progressText({ progress }: ReplayItem, total?: number): string {
  const { replayed, failed, held, skipped } = progress
  const of = total === undefined ? '' : ` of ${numberText(total)}`
  const parts = [
    `${numberText(replayed)}${of} replayed`,
    failed > 0 ? `${numberText(failed)} failed` : '',
    held > 0 ? `${numberText(held)} held behind parked keys` : '',
    skipped > 0 ? `${numberText(skipped)} skipped` : '',
  ]
  return parts.filter(part => part !== '').join(', ')
}

/** What a run was asked for, in one line. */
export function queryText({ kind, query }: ReplayItem): string {
  const parts = Object.entries(query)
    // Every replay of dead letters ends where it began: what fails again is not replayed again.
    .filter(([name]) => name !== 'subscription' && !(kind === 'dead-letters' && name === 'to'))
    .flatMap(([name, value]) => (value === null ? [] : partText(name, value)))
  if (parts.length > 0) return parts.join(', ')
  return kind === 'log' ? 'the whole log' : 'all of its dead letters'
}

/**
 * Why a replay would not be handled at once; undefined where it would. A stretch of the log goes to the handler itself, so
 * neither a pause nor an open breaker holds it; dead letters go back to the subscription, and wait as all its events do.
 */
export function standingText(
  {
    name,
    state,
    breaker,
    owner,
    isOwn,
  }: Pick<SubscriptionItem, 'name' | 'state' | 'breaker' | 'owner' | 'isOwn'>,
  kind: ReplayItem['kind'],
): string | undefined {
  if (kind === 'log')
    return isOwn && (state === 'idle' || owner === null)
      ? `Nobody consumes ${name} now: the replay waits until somebody pulls from it.`
      : undefined
  const end = 'what is replayed waits until that is over.'
  if (state === 'paused') return `${name} is paused: ${end}`
  if (breaker === 'open') return `${name} has its breaker open: ${end}`
  return state === 'idle' ? `${name} has no consumer now: ${end}` : undefined
}

type Value = ReplayItem['query'][string]

const partText = (name: string, value: Value): string =>
  name === 'ids' && Array.isArray(value) ? `${value.length} chosen` : `${name} ${valueText(value)}`

function valueText(value: Value): string {
  if (Array.isArray(value)) return value.length > 4 ? `${value.length} of them` : value.join(', ')
  if (typeof value === 'object' && value !== null)
    return Object.entries(value)
      .map(([name, one]) => `${name} ${String(one)}`)
      .join(' ')
  return String(value)
}
