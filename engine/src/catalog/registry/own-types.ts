import type { TSchema } from 'typebox'
import Type from 'typebox'
import type { EventDefinition, JsonObject, JsonValue } from '../../core/index.ts'
import { defineEvent, isJsonObject } from '../../core/index.ts'
import type { CatalogEntry, CatalogVersion, OwnTypes } from '../catalog.ts'
import { closedView, openView } from '../compatibility/index.ts'
import { createSchemaValidator, readSchema } from '../schema/index.ts'
import { sealedFields } from '../sealed-fields.ts'
import type { PayloadValidator } from '../validator.ts'
import { listSubjects } from './list-subjects.ts'
import { namesIn } from './pointer.ts'
import type { RegistryState, SubjectState, SubjectVersion } from './registry-state.ts'
import { contentOf, liveVersions } from './registry-state.ts'
import { resolveDocument } from './resolve-documents.ts'
import type { View } from './view.ts'
import { schemaVersionOf, viewWithin } from './view.ts'

/** The event types of a view. Entries are kept as long as their subjects stay as they are. */
export function ownTypesOf(view: View, entries: WeakMap<SubjectState, CatalogEntry>): OwnTypes {
  const { own, platform } = view
  const places: readonly (readonly [RegistryState, View])[] = platform
    ? [
        [own, view],
        [platform, viewWithin(view, 'platform')],
      ]
    : [[own, view]]
  return {
    get names() {
      return listSubjects({ own, platform }).items.flatMap(item => (item.event ? [item.subject] : []))
    },
    isShared: name => platform !== undefined && liveVersions(own.subjects.get(name)).length === 0,
    isRegistered: name => places.some(([state]) => liveVersions(state.subjects.get(name)).length > 0),
    get(type) {
      for (const [state, within] of places) {
        const subject = state.subjects.get(type)
        const entry = subject && (entries.get(subject) ?? toCatalogEntry(within, state, subject))
        if (subject === undefined || entry === undefined) continue
        entries.set(subject, entry)
        return entry
      }
      return undefined
    },
  }
}

interface Checked {
  readonly schema: JsonObject
  readonly recursionWidth: number
}

/** Undefined where the subject is no event type, or has no version any more. */
function toCatalogEntry(view: View, state: RegistryState, subject: SubjectState): CatalogEntry | undefined {
  const live = liveVersions(subject)
  const versions = live.map(version => toVersion(view, state, subject, version))
  const newest = versions.at(-1)
  if (subject.event === undefined || newest === undefined) return undefined
  const { orderingKey } = subject.event
  const definition = toDefinition(subject, newest)
  let sealed: CatalogEntry['sealed'] | undefined
  return {
    definition,
    get sealed() {
      sealed ??= sealedFields(definition)
      return sealed
    },
    validator: newest.validator,
    versions,
    ...(orderingKey !== undefined && {
      orderingKeyText: `{payload${namesIn(orderingKey)
        .map(name => `.${name}`)
        .join('')}}`,
    }),
  }
}

function toVersion(
  view: View,
  state: RegistryState,
  { name }: SubjectState,
  version: SubjectVersion,
): CatalogVersion {
  const content = contentOf(state, version)
  let checked: Checked | undefined
  const read = () => {
    if (checked) return checked
    const { text, references } = resolveDocument(view, content, { includeDeleted: true })
    const { schema, recursionWidth } = readSchema(text, references)
    // As producers' schemas are compared: an object that lists its members has no others.
    checked = { schema: closedView(schema) as JsonObject, recursionWidth }
    return checked
  }
  return {
    version: schemaVersionOf(name, version.version),
    hash: content.hash,
    // Read when somebody looks: a process sees few of all types, and older versions seldom.
    get document() {
      return read().schema
    },
    validator: compileOnce(read),
    reader: compileOnce(() => {
      const { schema, recursionWidth } = read()
      return { schema: openView(schema) as JsonObject, recursionWidth }
    }),
  }
}

function compileOnce(read: () => Checked): PayloadValidator {
  let compiled: PayloadValidator | undefined
  return payload => {
    compiled ??= createSchemaValidator(read())
    compiled(payload)
  }
}

function toDefinition(subject: SubjectState, newest: CatalogVersion): EventDefinition {
  const {
    kind = 'domain',
    consumers = [],
    orderingKey,
    aggregate,
    ...event
  } = subject.event as NonNullable<SubjectState['event']>
  const about = aggregate ?? (orderingKey === undefined ? undefined : subject.name)
  const definition = defineEvent({
    ...event,
    type: subject.name,
    version: newest.version,
    kind,
    consumers,
    ...(about !== undefined && { aggregate: about }),
    ...(orderingKey !== undefined && {
      orderingKey: (envelope: { readonly payload: unknown }) =>
        textAt(envelope.payload as JsonValue, orderingKey),
    }),
    ...(subject.deprecation && {
      deprecated: { ...subject.deprecation, since: subject.deprecation.since.slice(0, 10) },
    }),
    payload: Type.Object({}),
    examples: [{}],
  })
  return withSchema(definition as EventDefinition, newest)
}

function withSchema(definition: EventDefinition, newest: CatalogVersion): EventDefinition {
  return Object.freeze({
    ...definition,
    get payload(): TSchema {
      return newest.document as TSchema
    },
    get examples() {
      const { examples } = newest.document
      return Array.isArray(examples) ? examples : []
    },
  }) as EventDefinition
}

/** The text or number that a JSON Pointer leads to. */
function textAt(payload: JsonValue, pointer: string): string | undefined {
  let value: JsonValue | undefined = payload
  for (const name of namesIn(pointer)) {
    if (Array.isArray(value)) value = value[Number(name)]
    else if (isJsonObject(value)) value = Object.hasOwn(value, name) ? value[name] : undefined
    else return undefined
  }
  return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined
}
