import { currentContext, traceIdOf } from '../context.ts'
import type { FieldFault } from '../error.ts'
import { KeelsonError } from '../error.ts'
import type { IdSource } from '../id.ts'
import { eventIdPattern, tenantIdPattern } from '../id.ts'
import type { JsonObject, JsonValue } from '../json/json.ts'
import { isJsonObject } from '../json/json.ts'
import type { UtcTime } from '../time.ts'
import { readTime } from '../time.ts'
import { maxText } from './bounded-name.ts'
import type { CompleteEvent, Envelope, FillableField } from './envelope.ts'
import { envelopeFields, filledBit } from './envelope.ts'

/** What completes an envelope: where it came in, and the sources of what is missing. */
export interface Completion {
  readonly tenantId: string
  readonly ids: IdSource
  /** Milliseconds since the epoch: times further ahead than `maxAhead` are refused. */
  readonly now: number
  /** Source of events that name none. */
  readonly source: string
  /** Milliseconds; default 5 minutes. */
  readonly maxAhead?: number
}

const eventTypePattern = /^[A-Za-z][A-Za-z0-9._:/-]{0,127}$/
const schemaVersionPattern = /^\d{1,4}\.\d{1,4}$/

/**
 * Checks an envelope and fills in what the sender may leave out (DESIGN §3: ids, version, source, trace). All
 * faults are reported at once; the payload is left for its schema.
 */
export function completeEvent(input: JsonValue, completion: Completion): CompleteEvent {
  if (!isJsonObject(input)) {
    throw new KeelsonError('envelope_invalid', 'An event is a JSON object', {
      faults: [{ pointer: '', message: 'is not an object' }],
    })
  }
  const check = new EnvelopeCheck(input)
  const eventId = check.pattern('eventId', eventIdPattern, '1 to 128 of A-Z a-z 0-9 . _ : -')
  const eventType = check.required(
    'eventType',
    check.pattern('eventType', eventTypePattern, 'a name such as SubscriptionActivated'),
  )
  const schemaVersion = check.pattern('schemaVersion', schemaVersionPattern, 'major.minor, such as "1.0"')
  const tenantId = check.pattern('tenantId', tenantIdPattern, '1 to 64 of a-z 0-9 -')
  const occurred = check.required('occurredAt', check.time('occurredAt'))
  check.time('recordedAt')
  if (input['payload'] === undefined)
    check.fault('payload', 'is missing', 'send {} for an event without content')
  const source = check.text('source')
  const correlationId = check.text('correlationId')
  const traceId = check.text('traceId')
  const causationId = check.text('causationId')
  const traceparent = check.text('traceparent')
  const optional = {
    projectId: check.text('projectId'),
    moduleId: check.text('moduleId'),
    aggregateType: check.text('aggregateType'),
    aggregateId: check.text('aggregateId'),
  }
  if (input['metadata'] !== undefined) check.metadata(input['metadata'])
  check.unknownFields()
  check.done()
  if (tenantId !== undefined && tenantId !== completion.tenantId) {
    throw new KeelsonError(
      'tenant_mismatch',
      `The event names tenant "${tenantId}", the credential is for "${completion.tenantId}"`,
    )
  }
  refuseFuture(occurred as UtcTime, completion)

  let filled = 0
  const fill = (field: FillableField, given: string | undefined, make: () => string): string => {
    if (given !== undefined) return given
    filled |= filledBit(field)
    return make()
  }
  const context = currentContext()
  const id = fill('eventId', eventId, () => `evt-${completion.ids.ulid()}`)
  const parent = traceparent ?? context.traceparent
  if (traceparent === undefined && parent !== undefined) filled |= filledBit('traceparent')
  const cause = causationId ?? context.causationId
  if (causationId === undefined && cause !== undefined) filled |= filledBit('causationId')
  const envelope: { -readonly [Field in keyof Envelope]: Envelope[Field] } = {
    eventId: id,
    eventType: eventType as string,
    schemaVersion: fill('schemaVersion', schemaVersion, () => '1.0'),
    tenantId: fill('tenantId', tenantId, () => completion.tenantId),
    source: fill('source', source, () => context.source ?? completion.source),
    occurredAt: (occurred as UtcTime).text,
    correlationId: fill('correlationId', correlationId, () => context.correlationId ?? id),
    traceId: fill(
      'traceId',
      traceId,
      () => traceOf(traceparent) ?? context.traceId ?? traceOf(parent) ?? `trace-${completion.ids.ulid()}`,
    ),
    payload: input['payload'] as JsonValue,
  }
  // Set one by one: spreading an object for each that may be absent is a tenth of the cost of publishing.
  if (cause !== undefined) envelope.causationId = cause
  if (parent !== undefined) envelope.traceparent = parent
  if (optional.projectId !== undefined) envelope.projectId = optional.projectId
  if (optional.moduleId !== undefined) envelope.moduleId = optional.moduleId
  if (optional.aggregateType !== undefined) envelope.aggregateType = optional.aggregateType
  if (optional.aggregateId !== undefined) envelope.aggregateId = optional.aggregateId
  if (input['metadata'] !== undefined) envelope.metadata = input['metadata'] as JsonObject
  return { envelope, filled }
}

function traceOf(traceparent: string | undefined): string | undefined {
  return traceparent === undefined ? undefined : traceIdOf(traceparent)
}

function refuseFuture({ text: occurredAt, at }: UtcTime, completion: Completion): void {
  const maxAhead = completion.maxAhead ?? 300_000
  const ahead = at - completion.now
  if (ahead > maxAhead) {
    throw new KeelsonError(
      'event_in_future',
      `occurredAt ${occurredAt} lies ${Math.round(ahead / 1000)} s ahead of the server's clock`,
      {
        faults: [
          {
            pointer: '/occurredAt',
            message: 'lies in the future',
            hint: `at most ${maxAhead / 1000} s ahead are accepted`,
          },
        ],
      },
    )
  }
}

class EnvelopeCheck {
  readonly #input: JsonObject
  readonly #faults: FieldFault[] = []

  constructor(input: JsonObject) {
    this.#input = input
  }

  fault(field: string, message: string, hint?: string): void {
    this.#faults.push({ pointer: `/${field}`, message, ...(hint === undefined ? {} : { hint }) })
  }

  text(field: string): string | undefined {
    const value = this.#input[field]
    if (value === undefined) return undefined
    if (typeof value === 'string' && value !== '' && value.length <= maxText) return value
    this.fault(field, `must be a text of 1 to ${maxText} characters`)
    return undefined
  }

  pattern(field: string, pattern: RegExp, expected: string): string | undefined {
    const value = this.#input[field]
    if (value === undefined) return undefined
    if (typeof value === 'string' && pattern.test(value)) return value
    this.fault(field, `must be ${expected}`)
    return undefined
  }

  time(field: string): UtcTime | undefined {
    const value = this.#input[field]
    if (value === undefined) return undefined
    const time = typeof value === 'string' ? readTime(value) : undefined
    if (time === undefined)
      this.fault(field, 'must be an RFC 3339 time with a zone', 'for example 2026-06-11T09:00:01Z')
    return time
  }

  required<T>(field: string, value: T | undefined): T | undefined {
    if (this.#input[field] === undefined) this.fault(field, 'is missing')
    return value
  }

  metadata(value: JsonValue): void {
    if (!isJsonObject(value)) {
      this.fault('metadata', 'must be an object')
      return
    }
    for (const field of ['user', 'ip', 'userAgent', 'entityId', 'sourceTenantId', 'targetTenantId']) {
      if (value[field] !== undefined && typeof value[field] !== 'string')
        this.fault(`metadata/${field}`, 'must be a text')
    }
    if (value['crossTenant'] !== undefined && typeof value['crossTenant'] !== 'boolean') {
      this.fault('metadata/crossTenant', 'must be true or false')
    }
  }

  unknownFields(): void {
    for (const field of Object.keys(this.#input)) {
      if (envelopeFields.has(field)) continue
      const pointer = field.replaceAll('~', '~0').replaceAll('/', '~1').slice(0, 100)
      this.fault(
        pointer,
        'is not a member of the envelope',
        'put content of your own into payload or metadata',
      )
    }
  }

  done(): void {
    if (this.#faults.length === 0) return
    const faults = this.#faults.slice(0, 50)
    const first = faults[0]!
    throw new KeelsonError(
      'envelope_invalid',
      `${first.pointer} ${first.message}${faults.length > 1 ? `, and ${faults.length - 1} more` : ''}`,
      { faults },
    )
  }
}
