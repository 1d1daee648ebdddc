import type { JsonObject } from '../../../core/index.ts'
import { isJsonObject } from '../../../core/index.ts'
import type { CatalogDocument, EventDocument } from '../catalog-document.ts'
import type { VersionedSchema } from '../changelog/to-changelog.ts'
import type { NameOf } from './type-text.ts'
import { comment, membersText, typeText } from './type-text.ts'

const head = `// Made from the catalogue of Keelson: change the definitions, and make it anew.

/** Who and where; open to further members. */
export interface EventMetadata {
  readonly user?: string
  readonly ip?: string
  readonly userAgent?: string
  readonly entityId?: string
  readonly crossTenant?: boolean
  readonly sourceTenantId?: string
  readonly targetTenantId?: string
  readonly [member: string]: unknown
}

/** What every event carries besides its payload. Times are RFC 3339 in UTC. */
export interface EventEnvelope {
  readonly eventId: string
  readonly tenantId: string
  readonly source: string
  readonly occurredAt: string
  readonly recordedAt?: string
  readonly correlationId: string
  readonly causationId?: string
  readonly traceId: string
  readonly traceparent?: string
  readonly projectId?: string
  readonly moduleId?: string
  readonly aggregateType?: string
  readonly aggregateId?: string
  readonly metadata?: EventMetadata
}
`

const foot = `
/** The name of an event. */
export type EventType = KeelsonEvent['eventType']

/** The events of one name, in every version. */
export type EventOf<Type extends EventType> = Extract<KeelsonEvent, { readonly eventType: Type }>

/** The payload of the events of one name. */
export type PayloadOf<Type extends EventType> = EventOf<Type>['payload']
`

/** Names that the file itself, or the language, has already. */
const reserved = [
  ...['EventMetadata', 'EventEnvelope', 'EventType', 'EventOf', 'PayloadOf', 'KeelsonEvent'],
  ...['Extract', 'Readonly', 'Record'],
]

/**
 * TypeScript for a catalogue: an interface for each version of each event, and `KeelsonEvent`, the union of them all,
 * which narrows by `eventType` and `schemaVersion`. Where `versions` has the older versions of a type (oldest first),
 * these have their version in their name.
 */
export function toTypeScript(
  document: CatalogDocument,
  versions: ReadonlyMap<string, readonly VersionedSchema[]> = new Map(),
): string {
  const names = new Names(reserved)
  const own = new Map(document.events.map(({ type }) => [type, names.take(type)]))
  const declared = document.events.flatMap(event =>
    declareEvent(event, own.get(event.type) ?? event.type, versions.get(event.type) ?? [], names),
  )
  const types = declared.map(({ name }) => `\n  | ${name}`).join('')
  const union = `\n/** Every event of the catalogue. */\nexport type KeelsonEvent =${types === '' ? ' never' : types}\n`
  return [head, ...declared.map(({ text }) => text), union, foot].join('')
}

interface Declared {
  readonly name: string
  readonly text: string
}

function declareEvent(
  event: EventDocument,
  own: string,
  versions: readonly VersionedSchema[],
  names: Names,
): Declared[] {
  const older = versions
    .filter(({ version }) => version !== event.version)
    .map(({ version, document }) => {
      const name = names.take(`${event.type}_${version.replace('.', '_')}`)
      return { name, text: eventText(event, name, version, document, names) }
    })
  return [...older, { name: own, text: eventText(event, own, event.version, event.schema, names) }]
}

function eventText(
  event: EventDocument,
  name: string,
  version: string,
  schema: JsonObject,
  names: Names,
): string {
  const payload = names.take(`${name}Payload`)
  const about = comment({ description: event.summary }, '')
  return `${payloadText(schema, payload, names)}
${event.deprecated === undefined ? about : about.replace(' */', ' @deprecated */')}export interface ${name} extends EventEnvelope {
  readonly eventType: ${JSON.stringify(event.type)}
  readonly schemaVersion: ${JSON.stringify(version)}
  readonly payload: ${payload}
}
`
}

function payloadText(schema: JsonObject, name: string, names: Names): string {
  const definitions = new Map<string, readonly [name: string, schema: JsonObject]>()
  for (const keyword of ['$defs', 'definitions']) {
    const group = schema[keyword]
    if (!isJsonObject(group)) continue
    for (const [key, definition] of Object.entries(group)) {
      const reference = `#/${keyword}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`
      if (isJsonObject(definition)) definitions.set(reference, [names.take(`${name}_${key}`), definition])
    }
  }
  const nameOf: NameOf = reference => (reference === '#' ? name : definitions.get(decoded(reference))?.[0])
  const parts = [...definitions.values()].map(([own, definition]) => declare(own, definition, nameOf))
  return [...parts, declare(name, schema, nameOf)].join('')
}

/** An interface where the schema is one of an object, and an alias where it is not. */
function declare(name: string, schema: JsonObject, nameOf: NameOf): string {
  const isPlain = ['$ref', 'enum', 'const', 'anyOf', 'oneOf', 'allOf'].every(key => schema[key] === undefined)
  const members = isPlain && schema['type'] === 'object' ? membersText(schema, nameOf, '') : ''
  const about = comment(schema, '')
  if (members.startsWith('{')) return `\n${about}export interface ${name} ${members}\n`
  return `\n${about}export type ${name} = ${typeText(schema, nameOf)}\n`
}

function decoded(reference: string): string {
  try {
    return decodeURIComponent(reference)
  } catch {
    return reference
  }
}

/** Gives out each name once. */
class Names {
  readonly #taken: Set<string>

  constructor(taken: Iterable<string>) {
    this.#taken = new Set(taken)
  }

  take(wanted: string): string {
    const base = wanted.replace(/[^A-Za-z0-9_$]/g, '_')
    let name = base
    for (let number = 2; this.#taken.has(name); number += 1) name = `${base}_${number}`
    this.#taken.add(name)
    return name
  }
}
