import type { Static, TSchema } from 'typebox'
import type { Envelope } from './envelope.ts'

/** Domain: within its context. Integration: a contract with other contexts. System: the platform's own. */
export type EventKind = 'domain' | 'integration' | 'system'

/** A member of the payload that is personal data, and the member that says whose. Both are JSON Pointers. */
export interface PersonalField {
  readonly pointer: string
  readonly subject: string
}

/** How often a consumer tries an event before it is a dead letter. Times in milliseconds. */
export interface RetryPolicy {
  readonly attempts: number
  readonly backoff: 'fixed' | 'exponential'
  readonly initialDelay: number
  readonly maxDelay?: number
}

/** Everything that is known about one version of one event type; all else is derived from it. */
export interface EventDefinition<Schema extends TSchema = TSchema> {
  readonly type: string
  /** `major.minor`: major goes with a `V2` in the name, minor counts additive revisions. */
  readonly version: string
  readonly kind: EventKind
  readonly topic: string
  readonly summary: string
  readonly producer: string
  readonly consumers: readonly string[]
  readonly aggregate?: string
  /** The id of what the event is about; events with the same key keep their order and share a stream. */
  readonly orderingKey?: (event: Envelope<Static<Schema>>) => string | undefined
  readonly payload: Schema
  /** Set where the event is derived from the log by its readers, and so is never published or stored. */
  readonly isDerived?: boolean
  /** Set where only Keelson itself writes the event, when it has done what the event says. */
  readonly isReserved?: boolean
  readonly personal?: readonly PersonalField[]
  readonly retry?: RetryPolicy
  readonly examples: readonly Static<Schema>[]
}

export type PayloadOf<Definition> = Definition extends EventDefinition<infer Schema> ? Static<Schema> : never

const typePattern = /^[A-Z][A-Za-z0-9]{2,99}$/
const versionPattern = /^[1-9]\d{0,3}\.\d{1,4}$/

/**
 * Defines an event. Object schemas that do not say whether they take further members are closed, so that a
 * misspelt member is an error where it is made.
 *
 * @throws TypeError naming what is wrong with the definition: a mistake of the programmer, found at start.
 */
export function defineEvent<Schema extends TSchema>(
  definition: EventDefinition<Schema>,
): EventDefinition<Schema> {
  const fail = (what: string): never => {
    throw new TypeError(`The definition of event ${JSON.stringify(definition.type)} ${what}`)
  }
  if (!typePattern.test(definition.type))
    fail('has a type that is not PascalCase of 3 to 100 letters and digits')
  if (!versionPattern.test(definition.version))
    fail(`has the version "${definition.version}", which is not major.minor`)
  if (definition.summary.trim() === '') fail('has no summary')
  if (definition.topic.trim() === '') fail('has no topic')
  if (definition.examples.length === 0) fail('has no example')
  for (const field of definition.personal ?? []) {
    if (!field.pointer.startsWith('/') || !field.subject.startsWith('/'))
      fail('has a personal field that is no JSON Pointer')
  }
  const payload = closeObjects(definition.payload) as Schema
  return Object.freeze({ ...definition, payload })
}

/** Keywords whose values are data, and those whose members are schemas by names that a definition chooses. */
const keywordsWithData: ReadonlySet<string> = new Set(['examples', 'const', 'enum', 'default'])
const keywordsWithNames: ReadonlySet<string> = new Set(['properties', 'patternProperties', '$defs'])

function closeMembers(schemas: unknown): unknown {
  if (typeof schemas !== 'object' || schemas === null) return schemas
  return Object.fromEntries(Object.entries(schemas).map(([name, schema]) => [name, closeObjects(schema)]))
}

function closeObjects(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(closeObjects)
  if (typeof schema !== 'object' || schema === null) return schema
  // TypeBox keeps its own marks in non-enumerable members, so the descriptors are copied, not the values.
  const copy = Object.create(
    Object.getPrototypeOf(schema),
    Object.getOwnPropertyDescriptors(schema),
  ) as Record<string, unknown>
  for (const [key, member] of Object.entries(schema)) {
    if (keywordsWithData.has(key)) continue
    const value = keywordsWithNames.has(key) ? closeMembers(member) : closeObjects(member)
    Object.defineProperty(copy, key, { value, enumerable: true, configurable: true, writable: true })
  }
  if (
    copy['type'] === 'object' &&
    copy['properties'] !== undefined &&
    copy['additionalProperties'] === undefined
  ) {
    copy['additionalProperties'] = false
  }
  return copy
}
