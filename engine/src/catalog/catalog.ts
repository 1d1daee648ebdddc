import type { CompleteEvent, EventDefinition } from '../core/index.ts'
import { boundedName, filledBit, KeelsonError } from '../core/index.ts'
import { nearestNames } from './nearest-names.ts'
import type { PayloadValidator } from './validator.ts'
import { createValidator } from './validator.ts'

export interface CatalogEntry {
  readonly definition: EventDefinition
  readonly validator: PayloadValidator
}

/** All event definitions of a platform by name; one name, one meaning. */
export interface Catalog {
  readonly entries: readonly CatalogEntry[]
  get(type: string): CatalogEntry | undefined
  /**
   * Checks the payload against its type's schema and derives the aggregate from the definition's ordering key.
   *
   * @throws KeelsonError `event_type_unknown` (unless `keepUnknown`), `event_version_unknown`, `payload_invalid`.
   */
  admit(event: CompleteEvent, keepUnknown: boolean): CompleteEvent
}

/** @throws TypeError where two definitions share a name. */
export function createCatalog(definitions: readonly EventDefinition[]): Catalog {
  const byType = new Map<string, CatalogEntry>()
  for (const definition of definitions) {
    if (byType.has(definition.type)) throw new TypeError(`Two definitions are named ${definition.type}`)
    byType.set(definition.type, { definition, validator: createValidator(definition.payload) })
  }
  return {
    entries: [...byType.values()],
    get: type => byType.get(type),
    admit(event, keepUnknown) {
      const entry = byType.get(event.envelope.eventType)
      if (entry === undefined) {
        if (keepUnknown) return event
        throw unknownType(event.envelope.eventType, byType)
      }
      if (entry.definition.isDerived)
        throw new KeelsonError('event_type_derived', `${entry.definition.type} is derived from the log`)
      if (entry.definition.isReserved)
        throw new KeelsonError('event_type_reserved', `${entry.definition.type} is written by Keelson alone`)
      checkVersion(event.envelope.schemaVersion, entry.definition)
      entry.validator(event.envelope.payload)
      return withAggregate({ ...event, topic: entry.definition.topic }, entry.definition)
    },
  }
}

function unknownType(type: string, known: ReadonlyMap<string, CatalogEntry>): KeelsonError {
  const nearest = nearestNames(type, [...known.keys()])
  const hint =
    nearest.length > 0 ? `did you mean ${nearest.join(', ')}?` : 'GET /v1/catalog lists the known types'
  return new KeelsonError('event_type_unknown', `There is no event type "${type}": ${hint}`, {
    nearest,
    faults: [{ pointer: '/eventType', message: 'is not in the catalogue', hint }],
  })
}

function checkVersion(version: string, definition: EventDefinition): void {
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
