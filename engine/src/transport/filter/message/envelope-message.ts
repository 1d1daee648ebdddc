import type { Envelope } from '../../../core/index.ts'
import type { UserReference } from '../syntax/property-reference.ts'
import type { SystemProperty } from '../syntax/system-property.ts'
import type { FilterMessage } from './filter-message.ts'
import { foldNames } from './plain-message.ts'

/** What a delivery adds to an event. */
export interface DeliveryFacts {
  /** What the sender gave beside the event; it never hides a member of the event. */
  readonly headers?: Readonly<Record<string, unknown>>
  /** The key by which the subscription keeps order: `sys.SessionId`. */
  readonly orderingKey?: string
  /** Further properties of the message, such as `DeliveryCount`. */
  readonly system?: Readonly<Partial<Record<SystemProperty, unknown>>>
}

type ReadEnvelope = (envelope: Envelope) => unknown

const members = [
  'eventId',
  'eventType',
  'schemaVersion',
  'tenantId',
  'source',
  'occurredAt',
  'correlationId',
  'traceId',
  'payload',
  'causationId',
  'projectId',
  'moduleId',
  'aggregateType',
  'aggregateId',
  'traceparent',
  'metadata',
] as const satisfies readonly (keyof Envelope)[]

/** By their keys: the envelope's own members, and the properties that carry some of them on other transports. */
const readers: ReadonlyMap<string, ReadEnvelope> = new Map<string, ReadEnvelope>([
  ...members.map(name => [name.toLowerCase(), (envelope: Envelope) => envelope[name]] as const),
  ['cs-event-type', envelope => envelope.eventType],
  ['cs-tenant-id', envelope => envelope.tenantId],
  ['cs-trace-id', envelope => envelope.traceId],
  ['cs-correlation-id', envelope => envelope.correlationId],
  ['cs-schema-version', envelope => envelope.schemaVersion],
])

/**
 * An event as filters see it. Properties are the members of the envelope by their names, `cs-event-type`,
 * `cs-tenant-id`, `cs-trace-id`, `cs-correlation-id` and `cs-schema-version`, what lies within `payload` and `metadata`
 * by its path (with regard to case, unlike the other names), and then the headers.
 */
export function messageOf(envelope: Envelope, facts: DeliveryFacts = {}): FilterMessage {
  return new EnvelopeMessage(envelope, facts)
}

/** A class, so that all messages have one shape for the compiler: filters ask them for every term. */
class EnvelopeMessage implements FilterMessage {
  readonly #envelope: Envelope
  readonly #facts: DeliveryFacts
  #headers: ReadonlyMap<string, unknown> | undefined

  constructor(envelope: Envelope, facts: DeliveryFacts) {
    this.#envelope = envelope
    this.#facts = facts
  }

  sys(name: SystemProperty): unknown {
    switch (name) {
      case 'MessageId':
        return this.#envelope.eventId
      case 'CorrelationId':
        return this.#envelope.correlationId
      case 'Label':
        return this.#envelope.eventType
      case 'SessionId':
        return this.#facts.orderingKey
      default: {
        const { system } = this.#facts
        if (system !== undefined && Object.hasOwn(system, name)) return system[name]
        return name === 'ContentType' ? 'application/json' : undefined
      }
    }
  }

  property(reference: UserReference): unknown {
    const { path } = reference
    if (path.length > 1 && path[0] === 'payload') return within(this.#envelope.payload, path)
    if (path.length > 1 && path[0] === 'metadata') return within(this.#envelope.metadata, path)
    const read = readers.get(reference.key)
    if (read !== undefined) return read(this.#envelope)
    if (this.#facts.headers === undefined) return undefined
    this.#headers ??= foldNames(this.#facts.headers)
    return this.#headers.get(reference.key)
  }
}

/** What lies at a path after its first part; own members of objects alone, and no members of lists. */
function within(root: unknown, path: readonly string[]): unknown {
  let value = root
  for (let at = 1; at < path.length; at += 1) {
    const name = path[at] as string
    if (typeof value !== 'object' || value === null || Array.isArray(value) || !Object.hasOwn(value, name))
      return undefined
    value = (value as Readonly<Record<string, unknown>>)[name]
  }
  return value
}
