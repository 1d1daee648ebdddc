import type {
  RetryView,
  StartView,
  SubscriptionRequest,
  SubscriptionSettings,
} from '../../api/delivery-types.ts'
import { parseInstant, type Zone } from '../../time/format.ts'

/** What stands in the fields of the form. Numbers are texts where a field may be empty. */
export interface Draft {
  readonly name: string
  readonly types: readonly string[]
  readonly topics: readonly string[]
  readonly filter: string
  readonly start: 'beginning' | 'now' | 'position' | 'time'
  readonly startAt: string
  readonly attempts: string
  readonly backoff: 'fixed' | 'exponential'
  /** Not in the form; what was said over the API stays. */
  readonly jitter: RetryView['jitter'] | undefined
  readonly initialSeconds: string
  readonly maxSeconds: string
  readonly deadLetter: 'setAside' | 'parkKey'
  readonly concurrency: string
  readonly timeoutSeconds: string
}

/** What a part of the form is given. */
export interface FieldsProps {
  readonly draft: Draft
  readonly onChange: (draft: Draft) => void
  /** What the server has against a field, by its pointer. */
  readonly faultOf: (pointer: string) => string | undefined
}

/** What the server takes too where nothing is said. */
export const NEW_DRAFT: Draft = {
  name: '',
  types: [],
  topics: [],
  filter: '',
  start: 'beginning',
  startAt: '',
  attempts: '',
  backoff: 'exponential',
  jitter: undefined,
  initialSeconds: '',
  maxSeconds: '',
  deadLetter: 'setAside',
  concurrency: '',
  timeoutSeconds: '',
}

const numeral = (n: number | null | undefined): string => (n === null || n === undefined ? '' : String(n))

/** The fields as they stand for a subscription that is there. */
export function draftOf(name: string, settings: SubscriptionSettings): Draft {
  const { retry } = settings
  return {
    name,
    types: settings.types ?? [],
    topics: settings.topics ?? [],
    filter: settings.filter ?? '',
    ...startFields(settings.start),
    attempts: numeral(retry?.attempts),
    backoff: retry?.backoff ?? 'exponential',
    jitter: retry?.jitter,
    initialSeconds: numeral(retry?.initialSeconds),
    maxSeconds: numeral(retry?.maxSeconds),
    deadLetter: settings.deadLetter ?? 'setAside',
    concurrency: numeral(settings.concurrency),
    timeoutSeconds: numeral(settings.timeoutSeconds),
  }
}

function startFields(start: StartView | null): Pick<Draft, 'start' | 'startAt'> {
  if (start === null || typeof start === 'string') return { start: start ?? 'beginning', startAt: '' }
  return 'position' in start
    ? { start: 'position', startAt: String(start.position) }
    : { start: 'time', startAt: start.time }
}

const number = (text: string): number | undefined => (text.trim() === '' ? undefined : Number(text))

function startOf({ start, startAt }: Draft, zone: Zone): StartView {
  if (start === 'position') return { position: Number(startAt) }
  if (start === 'beginning' || start === 'now') return start
  const instant = parseInstant(startAt, zone)
  // What cannot be read goes as it is: the server says what is wrong with it.
  return { time: instant === undefined ? startAt : new Date(instant).toISOString() }
}

/** The fields as a new subscription; what is empty is left to the server's defaults. */
export const requestOf = (draft: Draft, zone: Zone): Omit<SubscriptionRequest, 'name'> => ({
  ...changeOf(draft),
  start: startOf(draft, zone),
})

/** The same of one that is there: where it began was used up when it was made. */
export function changeOf(draft: Draft): Omit<SubscriptionRequest, 'name' | 'start'> {
  const { types, topics, filter, deadLetter, backoff, jitter } = draft
  const retry = {
    ...defined('attempts', number(draft.attempts)),
    ...defined('initialSeconds', number(draft.initialSeconds)),
    ...defined('maxSeconds', backoff === 'fixed' ? undefined : number(draft.maxSeconds)),
  }
  const hasRetry = Object.keys(retry).length > 0 || backoff === 'fixed'
  return {
    ...(types.length > 0 && { types }),
    ...(topics.length > 0 && { topics }),
    ...(filter.trim() !== '' && { filter: filter.trim() }),
    ...(hasRetry && { retry: { backoff, ...retry, ...(jitter && { jitter }) } }),
    deadLetter,
    ...defined('concurrency', number(draft.concurrency)),
    ...defined('timeoutSeconds', number(draft.timeoutSeconds)),
  }
}

const defined = <Name extends string>(name: Name, value: number | undefined): { [name in Name]?: number } =>
  (value === undefined ? {} : { [name]: value }) as { [name in Name]?: number }
