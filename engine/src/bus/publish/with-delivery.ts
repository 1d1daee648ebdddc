import type { FieldFault, JsonObject, JsonValue } from '../../core/index.ts'
import { isJsonObject, KeelsonError, toUtc } from '../../core/index.ts'
import type { AppendOptions } from '../../store/index.ts'
import type { Priority } from '../flow/index.ts'
import { priorities } from '../flow/index.ts'

/** How an event is to be delivered; kept in its `metadata`, where the same members may be given as well. */
export interface PublishOptions extends AppendOptions {
  /** Default normal, unless a subscription says otherwise. */
  readonly priority?: Priority
  /** Not before this time, RFC 3339; at most a year ahead. */
  readonly deliverAt?: string | Date
  /** Not after this time, RFC 3339: by then it is a dead letter where it was not handled. */
  readonly deliveryDeadline?: string | Date
  /**
   * Milliseconds, in place of a deadline, up to ten years; they count from `deliverAt` or from when the event occurred,
   * whichever is later, so that a repeat has the same deadline.
   */
  readonly timeToLive?: number
}

const names: readonly string[] = [
  'priority',
  'deliverAt',
  'deliveryDeadline',
  'timeToLive',
  'idempotencyKey',
  'unless',
]

const day = 86_400_000
const farthest = 366 * day
const longestLife = 3_653 * day
const tooFar = 'lies more than a year ahead'

/**
 * The event with what its delivery is to be like in its metadata.
 * @throws KeelsonError `publish_options_invalid`, with all faults at once; `envelope_invalid` for times that the metadata had.
 */
export function withDelivery(event: JsonValue, options: PublishOptions, now: number): JsonValue {
  checkPublishNames(options, names)
  const given = withOptions(event, options, now)
  if (isJsonObject(given) && isJsonObject(given['metadata'])) checkTimes(given['metadata'], now)
  return given
}

function withOptions(event: JsonValue, options: PublishOptions, now: number): JsonValue {
  const { priority, deliverAt, deliveryDeadline, timeToLive } = options
  const isPlain = [priority, deliverAt, deliveryDeadline, timeToLive].every(one => one === undefined)
  if (isPlain || !isJsonObject(event)) return event
  const faults: FieldFault[] = []
  const fault = (name: string, message: string) => faults.push({ pointer: `/${name}`, message })
  const time = (name: 'deliverAt' | 'deliveryDeadline'): string | undefined => {
    const text = options[name] === undefined ? undefined : timeOf(options[name])
    if (text === undefined && options[name] !== undefined) fault(name, 'must be an RFC 3339 time or a Date')
    return text
  }
  if (priority !== undefined && !priorities.includes(priority))
    fault('priority', `must be one of ${priorities.join(', ')}`)
  const at = time('deliverAt')
  const deadline = time('deliveryDeadline') ?? endOfLife(event, at, timeToLive)
  if (at !== undefined && Date.parse(at) > now + farthest) fault('deliverAt', tooFar)
  if (at !== undefined && deadline !== undefined && Date.parse(deadline) <= Date.parse(at))
    fault('deliveryDeadline', 'must be later than deliverAt')
  if (timeToLive !== undefined) checkLife(timeToLive, deliveryDeadline, fault)
  refuse(faults)
  return withMetadata(event, {
    ...(priority === undefined ? {} : { priority }),
    ...(at === undefined ? {} : { deliverAt: at }),
    ...(deadline === undefined ? {} : { deliveryDeadline: deadline }),
  })
}

/**
 * A misspelt option would else be one that is not there.
 * @throws KeelsonError `publish_options_invalid` for what is no object, or has others than these.
 */
export function checkPublishNames(options: object, allowed: readonly string[]): void {
  if (typeof options !== 'object' || options === null || Array.isArray(options))
    refuse([{ pointer: '', message: 'must be given as an object' }])
  const strange = Object.keys(options).filter(name => !allowed.includes(name))
  const message = `is no option; there are ${allowed.join(', ')}`
  refuse(strange.slice(0, 8).map(name => ({ pointer: `/${name.slice(0, 64)}`, message })))
}

/** What is not well formed is left for who checks the envelope. */
export function withMetadata(event: JsonObject, members: JsonObject): JsonObject {
  const { metadata = {} } = event
  return isJsonObject(metadata) ? { ...event, metadata: { ...metadata, ...members } } : event
}

/** Times that would not be understood when the event is delivered, and would be passed over there. */
function checkTimes({ deliverAt, deliveryDeadline }: JsonObject, now: number): void {
  if (deliverAt === undefined && deliveryDeadline === undefined) return
  const faults: FieldFault[] = []
  const fault = (name: string, message: string, hint: string) =>
    faults.push({ pointer: `/metadata/${name}`, message, hint })
  const read = (name: string, value: JsonValue | undefined): number | undefined => {
    const time = typeof value === 'string' ? toUtc(value) : undefined
    if (value !== undefined && time === undefined)
      fault(name, 'must be an RFC 3339 time with a zone', 'for example 2026-06-11T09:00:01Z')
    return time === undefined ? undefined : Date.parse(time)
  }
  const at = read('deliverAt', deliverAt)
  const deadline = read('deliveryDeadline', deliveryDeadline)
  if (at !== undefined && at > now + farthest) fault('deliverAt', tooFar, 'at most 366 days are accepted')
  if (at !== undefined && deadline !== undefined && deadline <= at)
    fault('deliveryDeadline', 'must be later than deliverAt', 'else it would be over before it is due')
  const [first] = faults
  if (first === undefined) return
  const more = faults.length > 1 ? `, and ${faults.length - 1} more` : ''
  throw new KeelsonError('envelope_invalid', `${first.pointer} ${first.message}${more}`, { faults })
}

function timeOf(time: string | Date): string | undefined {
  if (typeof time === 'string') return toUtc(time)
  return time instanceof Date && !Number.isNaN(time.getTime()) ? toUtc(time.toISOString()) : undefined
}

function endOfLife(
  { occurredAt }: JsonObject,
  deliverAt: string | undefined,
  life: number | undefined,
): string | undefined {
  const occurred = typeof occurredAt === 'string' ? toUtc(occurredAt) : undefined
  if (life === undefined || !(life >= 1 && life <= longestLife) || occurred === undefined) return undefined
  const from = Math.max(Date.parse(occurred), deliverAt === undefined ? 0 : Date.parse(deliverAt))
  return new Date(from + Math.floor(life)).toISOString()
}

function checkLife(
  life: number,
  deadline: string | Date | undefined,
  fault: (name: string, message: string) => void,
): void {
  if (!(typeof life === 'number' && life >= 1 && life <= longestLife))
    fault('timeToLive', `must be a number of milliseconds from 1 to ${longestLife}`)
  if (deadline !== undefined) fault('timeToLive', 'stands in place of deliveryDeadline; give one of them')
}

function refuse(faults: readonly FieldFault[]): void {
  if (faults.length === 0) return
  const text = faults.map(({ pointer, message }) => `${pointer.slice(1)} ${message}`.trim()).join('; ')
  throw new KeelsonError('publish_options_invalid', text, { faults })
}
