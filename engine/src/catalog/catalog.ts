import type { TSchema } from 'typebox'
import type {
  CommandDefinition,
  CompleteEvent,
  Envelope,
  EventDefinition,
  JsonObject,
  JsonValue,
  PersonalField,
  TopicDefinition,
} from '../core/index.ts'
import { boundedName, filledBit, KeelsonError } from '../core/index.ts'
import type { CasterDefinition } from './caster/caster-definition.ts'
import { versionName } from './caster/caster-definition.ts'
import type { CastableVersion } from './caster/caster-graph.ts'
import { CasterGraph } from './caster/caster-graph.ts'
import { openView } from './compatibility/index.ts'
import type { FrozenSchema } from './frozen/frozen-schema.ts'
import { compareVersions } from './frozen/frozen-schema.ts'
import { toSchemaDocument } from './frozen/schema-document.ts'
import { isLogRecordName, logRecordNameWords } from './log-record-name.ts'
import { nearestNames } from './nearest-names.ts'
import { sealedFields } from './sealed-fields.ts'
import type { PayloadValidator } from './validator.ts'
import { createValidator } from './validator.ts'

/** One version of an event type: its schema, and the check of payloads against it. */
export interface CatalogVersion {
  readonly version: string
  readonly document: JsonObject
  /** SHA-256 by which the registry knows it, where that is not the document's: of the text as it was registered. */
  readonly hash?: string
  readonly validator: PayloadValidator
  /** The check as consumers see it, who pass over members that they do not know. */
  readonly reader: PayloadValidator
}

export interface CatalogEntry {
  readonly definition: EventDefinition
  /** What is sealed of its events: what the definition calls personal, and ids of people that are addresses. */
  readonly sealed: readonly PersonalField[]
  /** Of the newest version. */
  readonly validator: PayloadValidator
  /** Every version that may be published, oldest first; the last is the definition's own. */
  readonly versions: readonly CatalogVersion[]
  /** The ordering key in words, such as `{payload.parcelId}`, where the definition's function does not show it. */
  readonly orderingKeyText?: string
}

export interface CatalogOptions {
  readonly commands?: readonly CommandDefinition[]
  readonly topics?: readonly TopicDefinition[]
  readonly casters?: readonly CasterDefinition[]
  /** The versions that were published, the older ones among which only live on here. */
  readonly frozen?: readonly FrozenSchema[]
}

/** All definitions of a platform by name; one name, one meaning. */
export interface Catalog {
  readonly entries: readonly CatalogEntry[]
  readonly commands: readonly CommandDefinition[]
  readonly topics: readonly TopicDefinition[]
  get(type: string): CatalogEntry | undefined
  /**
   * Checks the payload against its type's schema and derives the aggregate from the definition's ordering key.
   * `own` has further types, such as those that the tenant registered.
   *
   * @throws KeelsonError `event_type_unknown` (unless `keepUnknown`), `event_type_reserved`, `event_version_unknown`,
   * `payload_invalid`.
   */
  admit(event: CompleteEvent, keepUnknown: boolean, own?: OwnTypes): CompleteEvent
  /**
   * Checks a stored envelope as its readers see it: members that its version does not know are passed over, and so are
   * types that the catalogue does not know. Of one with sealed fields that are not open nothing is asked.
   *
   * @throws KeelsonError `payload_invalid`.
   */
  verify(envelope: Envelope, own?: OwnTypes): void
  /**
   * The envelope as a reader wants it who accepts these versions: `OrderPlaced@1.0`, `OrderPlaced@1` (any minor) or
   * `OrderPlaced` (any version). Where it was cast, `metadata.castFrom` says from what. Types that `accepts` does not
   * name are given as they are. `own` has further types, between whose minors members come and go.
   *
   * @throws KeelsonError `event_version_unreadable`, `event_cast_failed`.
   */
  read(envelope: Envelope, accepts: readonly string[], own?: OwnTypes): Envelope
}

/** Types beyond the catalogue's own. */
export interface OwnTypes {
  readonly names: readonly string[]
  get(type: string): CatalogEntry | undefined
  /** Whether the type is the platform's, registered for every tenant. */
  isShared?(name: string): boolean
  /** Whether a schema stands under the name, of an event type or not. */
  isRegistered?(name: string): boolean
}

/** @throws TypeError where two definitions share a name, one has a name of the log's records, or a caster names a version that is not there. */
export function createCatalog(
  definitions: readonly EventDefinition[],
  options: CatalogOptions = {},
): Catalog {
  const { commands = [], topics = [], casters = [], frozen = [] } = options
  const byType = new Map<string, CatalogEntry>()
  for (const definition of definitions) {
    if (byType.has(definition.type)) throw new TypeError(`Two definitions are named ${definition.type}`)
    if (definition.isReserved !== true && isLogRecordName(definition.type))
      throw new TypeError(`No event can be defined as ${definition.type}: ${logRecordNameWords}`)
    byType.set(definition.type, toEntry(definition, frozen))
  }
  refuseTwins(
    'commands',
    commands.map(command => command.type),
  )
  refuseTwins(
    'topics',
    topics.map(topic => topic.name),
  )
  const graph = new CasterGraph([...byType.values()].flatMap(castable), casters)
  const ownGraphs = new WeakMap<CatalogEntry, CasterGraph>()
  const ownGraph = (entry: CatalogEntry): CasterGraph => {
    const made = ownGraphs.get(entry) ?? new CasterGraph(castable(entry), [])
    ownGraphs.set(entry, made)
    return made
  }
  return {
    entries: [...byType.values()],
    commands,
    topics,
    get: type => byType.get(type),
    admit(event, keepUnknown, own) {
      const { eventType } = event.envelope
      const builtIn = byType.get(eventType)
      const entry = builtIn ?? own?.get(eventType)
      if (entry !== undefined) return admitAs(entry, event, builtIn === undefined)
      if (isLogRecordName(eventType)) throw reserved(eventType, logRecordNameWords)
      if (keepUnknown) return event
      throw unknownType(eventType, [...byType.keys(), ...(own?.names ?? [])], own)
    },
    verify({ eventType, schemaVersion, payload }, own) {
      const entry = byType.get(eventType) ?? own?.get(eventType)
      // A version that is newer than this process is read as the newest that it knows.
      const known = entry?.versions.find(({ version }) => version === schemaVersion) ?? entry?.versions.at(-1)
      try {
        known?.reader(payload)
      } catch (error) {
        // What was erased, or is hidden from this reader, may be what the schema asks for.
        if (!isMasked(payload)) throw error
      }
    },
    read(envelope, accepts, own) {
      const { eventType: type, schemaVersion: version, payload } = envelope
      const ownEntry = byType.has(type) ? undefined : own?.get(type)
      const reading = (ownEntry ? ownGraph(ownEntry) : graph).read({ type, version, payload }, accepts)
      if (reading.payload === payload) return envelope
      const metadata = { ...envelope.metadata, castFrom: versionName(type, version) }
      return {
        ...envelope,
        eventType: reading.type,
        schemaVersion: reading.version,
        payload: reading.payload,
        metadata,
      }
    },
  }
}

/** The entry of a definition, with the older versions that were frozen. */
export function toEntry(definition: EventDefinition, frozen: readonly FrozenSchema[] = []): CatalogEntry {
  const older = frozen
    .filter(
      ({ kind, type, version }) =>
        kind === 'event' && type === definition.type && compareVersions(version, definition.version) < 0,
    )
    .sort((a, b) => compareVersions(a.version, b.version))
    .map(({ version, document }) => toVersion(version, () => document))
  const document = once(() => toSchemaDocument(definition))
  const own = toVersion(definition.version, document, () => definition.payload)
  const sealed = once(() => sealedFields(definition))
  return {
    definition,
    get sealed() {
      return sealed()
    },
    validator: own.validator,
    versions: [...older, own],
  }
}

/** Everything is made when it is first asked for: a process sees few of all types, and older versions seldom. */
function toVersion(
  version: string,
  document: () => JsonObject,
  schema: () => TSchema = () => document() as TSchema,
): CatalogVersion {
  const validator = once(() => createValidator(schema()))
  const reader = once(() => createValidator(openView(document()) as TSchema))
  return {
    version,
    get document() {
      return document()
    },
    validator: payload => validator()(payload),
    reader: payload => reader()(payload),
  }
}

function once<Value>(make: () => Value): () => Value {
  let made: Value | undefined
  return () => {
    made ??= make()
    return made
  }
}

function castable({ definition, versions }: CatalogEntry): CastableVersion[] {
  return versions.map(one => ({
    type: definition.type,
    version: one.version,
    get schema() {
      return one.document
    },
    validator: one.validator,
  }))
}

function admitAs(entry: CatalogEntry, event: CompleteEvent, isOwn: boolean): CompleteEvent {
  const { definition } = entry
  if (definition.isDerived)
    throw new KeelsonError('event_type_derived', `${definition.type} is derived from the log`)
  if (definition.isReserved) throw reserved(definition.type, 'it is written by Keelson alone')
  // A sender that names no version means the one that the catalogue shows it.
  const isFilled = (event.filled & filledBit('schemaVersion')) !== 0
  const schemaVersion = isFilled ? definition.version : event.envelope.schemaVersion
  checkVersion(schemaVersion, definition)
  const exact = entry.versions.find(({ version }) => version === schemaVersion)
  // Of a type in code older minors may be known to nobody any more; what was registered and deleted is not taken.
  if (exact === undefined && isOwn) throw unknownVersion(schemaVersion, entry)
  ;(exact?.validator ?? entry.validator)(event.envelope.payload)
  const envelope =
    schemaVersion === event.envelope.schemaVersion ? event.envelope : { ...event.envelope, schemaVersion }
  const { topic } = definition
  const { sealed: personal } = entry
  const known =
    personal.length === 0 ? { ...event, envelope, topic } : { ...event, envelope, topic, personal }
  return withAggregate(known, definition)
}

const isMasked = (value: JsonValue): boolean =>
  typeof value === 'object' &&
  value !== null &&
  ((!Array.isArray(value) && '_sd' in value) || Object.values(value).some(isMasked))

const reserved = (type: string, why: string): KeelsonError =>
  new KeelsonError('event_type_reserved', `${type} cannot be published: ${why}`)

function refuseTwins(what: string, names: readonly string[]): void {
  const twin = names.find((name, at) => names.indexOf(name) !== at)
  if (twin !== undefined) throw new TypeError(`Two ${what} are named ${twin}`)
}

function unknownType(type: string, known: readonly string[], own: OwnTypes | undefined): KeelsonError {
  if (own?.isRegistered?.(type)) {
    const hint = 'register it with `event`, such as topic, summary and producer'
    return new KeelsonError(
      'event_type_unknown',
      `A schema of the name "${type}" is registered, but not as an event type: ${hint}`,
      { faults: [{ pointer: '/eventType', message: 'is a schema, but not an event type', hint }] },
    )
  }
  const nearest = nearestNames(type, known)
  const hint =
    nearest.length > 0 ? `did you mean ${nearest.join(', ')}?` : 'GET /v1/catalog lists the known types'
  return new KeelsonError('event_type_unknown', `There is no event type "${type}": ${hint}`, {
    nearest,
    faults: [{ pointer: '/eventType', message: 'is not in the catalogue', hint }],
  })
}

function unknownVersion(version: string, { definition, versions }: CatalogEntry): KeelsonError {
  const known = versions.map(one => one.version).join(', ')
  return new KeelsonError(
    'event_version_unknown',
    `${definition.type} has no version ${version}: there is ${known}`,
    {
      faults: [{ pointer: '/schemaVersion', message: `must be one of ${known}` }],
    },
  )
}

function checkVersion(version: string, definition: EventDefinition): void {
  if (version === definition.version) return
  const [major, minor] = version.split('.').map(Number)
  const [ownMajor, ownMinor] = definition.version.split('.').map(Number)
  if (major === ownMajor && (minor as number) <= (ownMinor as number)) return
  throw new KeelsonError(
    'event_version_unknown',
    `${definition.type} has no version ${version}; the newest is ${definition.version}`,
    { faults: [{ pointer: '/schemaVersion', message: `must be at most ${definition.version}` }] },
  )
}

function withAggregate(event: CompleteEvent, definition: EventDefinition): CompleteEvent {
  const { envelope } = event
  if (envelope.aggregateId !== undefined || definition.aggregate === undefined) return event
  const key = definition.orderingKey?.(envelope as never)
  if (key === undefined) return event
  let filled = event.filled | filledBit('aggregateId')
  if (envelope.aggregateType === undefined) filled |= filledBit('aggregateType')
  const aggregateType = envelope.aggregateType ?? definition.aggregate
  return { ...event, envelope: { ...envelope, aggregateType, aggregateId: boundedName(key) }, filled }
}
