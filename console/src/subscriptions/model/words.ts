import type {
  BreakerView,
  RetryView,
  StartView,
  SubscriptionItem,
  SubscriptionSettings,
  SubscriptionState,
} from '../../api/delivery-types.ts'
import type { Tone } from '../../delivery/mark.tsx'
import { countText, manyText, numberText, spanText } from '../../delivery/words.ts'

export const STATES: Readonly<Record<SubscriptionState, { tone: Tone; meaning: string }>> = {
  running: { tone: 'ok', meaning: 'Events are handled, by this server or another' },
  idle: { tone: 'mute', meaning: 'Nobody consumes it: events wait in the log' },
  paused: { tone: 'work', meaning: 'Paused by hand: events wait in the log until it is resumed' },
  retrying: { tone: 'warn', meaning: 'It failed and is tried again' },
}

export const BREAKERS: Readonly<Record<BreakerView, { tone: Tone; meaning: string }>> = {
  closed: { tone: 'ok', meaning: 'Closed: events are handled as they come.' },
  'half-open': {
    tone: 'warn',
    meaning: 'Half-open: one event is being tried. If it goes well, all go on; if not, it opens again.',
  },
  open: {
    tone: 'bad',
    meaning:
      'Open: too much failed, so nothing is pulled. Events wait in the log, none becomes a dead letter for it, and after a while one event is tried.',
  },
}

/** What the breaker does; where nobody consumes the subscription nothing is tried or pulled at this moment. */
export function breakerText({ breaker, state }: Pick<SubscriptionItem, 'breaker' | 'state'>): string {
  const { meaning } = BREAKERS[breaker]
  if (state !== 'idle' || breaker === 'closed') return meaning
  const word = breaker === 'open' ? 'Open' : 'Half-open'
  return `${word}: too much failed when it was last consumed. Nobody consumes it now; of the next consumer one event is tried, and if it goes well, all go on.`
}

/** What `Behind` counts: the server compares places in the log. */
export const LAG_MEANING =
  'Positions of the log that it has not passed; 0 where none of them is for it. Those of other tenants and of events that it does not take count too.'

/** Below the number: what it counts, and how old the first of it is. */
export const behindText = ({ events, seconds }: SubscriptionItem['lag']): string =>
  events === 0
    ? 'up to date'
    : `${events === 1 ? 'position' : 'positions'}, oldest waits ${spanText(seconds)}`

/** When what waits for a retry is tried again. */
export function retriesText({
  retriesWaiting,
  state,
  isOwn,
}: Pick<SubscriptionItem, 'retriesWaiting' | 'state' | 'isOwn'>): string {
  if (retriesWaiting === 0) return 'nothing failed lately'
  if (state !== 'idle') return 'tried again soon'
  return isOwn ? 'tried again when somebody pulls' : 'tried again when it has a consumer'
}

/** What `For later` counts. */
export const LATER_MEANING =
  'Events that are not to be delivered before their deliverAt. It has read past them: neither what it is behind nor the retries count them.'

/** Their number; where the broker keeps them, nobody else knows it. */
export const laterText = (scheduled: SubscriptionItem['scheduled']): string =>
  scheduled === null ? '—' : manyText(scheduled.waiting)

/** When the first of them comes. */
export function dueText(scheduled: SubscriptionItem['scheduled'], now: number): string {
  if (scheduled === null) return 'known to the broker alone'
  if (scheduled.nextAt === null) return 'nothing waits for its time'
  const seconds = Math.round((Date.parse(scheduled.nextAt) - now) / 1_000)
  return seconds > 0 ? `first due in ${spanText(seconds)}` : 'first is due'
}

/** What it is about, in one line. */
export function scopeText({ types, topics, filter }: SubscriptionSettings): string {
  const parts = [
    types && types.length > 0 ? few(types) : undefined,
    topics && topics.length > 0 ? `topic ${few(topics)}` : undefined,
    filter === null ? undefined : `where ${filter}`,
  ].filter(part => part !== undefined)
  return parts.length === 0 ? 'every event' : parts.join(' · ')
}

const few = (names: readonly string[]): string =>
  names.length <= 3
    ? names.join(', ')
    : `${names.slice(0, 2).join(', ')} and ${numberText(names.length - 2)} more`

export function startText(start: StartView | null): string {
  if (start === null) return '—'
  if (typeof start === 'string') return start === 'now' ? 'Events from its making on' : 'The whole log'
  return 'position' in start ? `Position ${numberText(start.position)}` : start.time
}

export function retryText(retry: RetryView | null): string {
  if (retry === null) return '—'
  const { attempts, backoff, initialSeconds, maxSeconds, jitter } = retry
  if (attempts === 1) return 'None: one try'
  const tries = countText(attempts, 'try', 'tries')
  if (backoff === 'fixed') return `${tries}, ${spanText(initialSeconds)} apart`
  const spread = jitter === 'none' ? '' : `, ${jitter} jitter`
  return `${tries}, first after ${spanText(initialSeconds)}, then doubling up to ${spanText(maxSeconds)}${spread}`
}

/** Names of processes are long: enough to tell them apart. */
export const ownerText = (owner: string): string =>
  owner.length <= 22 ? owner : `${owner.slice(0, 12)}…${owner.slice(-8)}`
