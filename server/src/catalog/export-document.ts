import type { CatalogDocument, ChangelogEntry, CompareSchemas, EventDocument, VersionedSchema } from 'keelson'
import {
  contextsOf,
  flowDiagram,
  groupOf,
  KeelsonError,
  sequenceDiagram,
  slug,
  toAsyncApi,
  toChangelog,
  toMarkdown,
  toTypeScript,
} from 'keelson'
import { toAvroSchema } from 'keelson/avro'
import { assignNumbers, toProtoFile } from 'keelson/protobuf'
import { builtInNumbers } from './built-in.ts'

/** What a catalogue can be written as; those that are a folder have a file for each event or context. */
export const exportFormats = {
  json: { mediaType: 'application/json', isFolder: false },
  asyncapi: { mediaType: 'application/vnd.aai.asyncapi+json;version=3.0.0', isFolder: false },
  typescript: { mediaType: 'text/plain; charset=utf-8', isFolder: false },
  proto: { mediaType: 'text/plain; charset=utf-8', isFolder: false },
  markdown: { mediaType: 'application/json', isFolder: true },
  jsonschema: { mediaType: 'application/json', isFolder: true },
  avro: { mediaType: 'application/json', isFolder: true },
  mermaid: { mediaType: 'application/json', isFolder: true },
} as const

export type ExportFormat = keyof typeof exportFormats

export interface ExportOptions {
  /** Version of the product, for the AsyncAPI document. */
  readonly version: string
  /** The schemas of all versions of each event. */
  readonly versions: ReadonlyMap<string, readonly VersionedSchema[]>
  readonly compare: CompareSchemas
  /** For types that tenants registered; without it their changes are only listed, since comparing may take long. */
  readonly compareOwn?: CompareSchemas
}

/** A text, or texts by their path. */
export type Exported = string | ReadonlyMap<string, string>

/** The catalogue in a format. @throws KeelsonError `schema_invalid` where an event cannot be put in it. */
export function exportDocument(
  document: CatalogDocument,
  format: ExportFormat,
  options: ExportOptions,
): Exported {
  switch (format) {
    case 'json':
      return lines(document)
    case 'asyncapi':
      return lines(toAsyncApi(document, { title: 'Keelson', version: options.version }))
    case 'typescript':
      return toTypeScript(document, options.versions)
    case 'proto':
      return protoFile(document, options)
    case 'markdown':
      return toMarkdown(document, changelogs(document, options))
    case 'jsonschema':
      return schemaFiles(document, options)
    case 'avro':
      return new Map(document.events.map(event => [`${event.type}.avsc`, avroFile(event)]))
    case 'mermaid':
      return diagrams(document)
  }
}

const lines = (value: object): string => `${JSON.stringify(value, null, 2)}\n`

function changelogs(
  { events }: CatalogDocument,
  { versions, compare, compareOwn }: ExportOptions,
): ReadonlyMap<string, readonly ChangelogEntry[]> {
  return new Map(
    events.map(({ type, scope }) => [
      type,
      toChangelog(versions.get(type) ?? [], scope === 'platform' ? compare : compareOwn),
    ]),
  )
}

function schemaFiles({ events, commands }: CatalogDocument, { versions }: ExportOptions) {
  const files = new Map<string, string>()
  for (const { type, version, schema } of events) {
    const all = versions.get(type) ?? [{ version, document: schema }]
    for (const one of all) files.set(`events/${type}/${one.version}.json`, lines(one.document))
  }
  for (const { type, version, schema } of commands)
    files.set(`commands/${type}/${version}.json`, lines(schema))
  return files
}

function avroFile({ type, schema, context = 'own' }: EventDocument): string {
  const namespace = `keelson.${context.replace(/[^A-Za-z0-9_]/g, '_')}`
  return lines(naming(type, () => toAvroSchema(schema, { name: type, namespace })))
}

/** A schema that another form cannot express is an error that names its event. */
function naming<Made>(type: string, make: () => Made): Made {
  try {
    return make()
  } catch (error) {
    if (!(error instanceof KeelsonError)) throw error
    throw new KeelsonError(error.code, `${type}: ${error.message}`, error.details, error)
  }
}

/** Fields keep the numbers that were given out for them, or get them version by version. */
function protoFile({ events }: CatalogDocument, { versions }: ExportOptions): string {
  const numbers = events.map(({ type, schema, version, scope }) => {
    const known = scope === 'platform' ? builtInNumbers(type) : undefined
    const all = known === undefined ? (versions.get(type) ?? []) : []
    const earlier = all.filter(one => one.version !== version)
    const assigned = naming(type, () => {
      const before = earlier.reduce((given, { document }) => assignNumbers(given, document), known)
      return assignNumbers(before, schema)
    })
    return [type, assigned] as const
  })
  const definitions = events.map(({ type, summary, schema }) => ({ type, summary, payload: schema }))
  return toProtoFile(definitions, { package: 'keelson.events.v1', numbers: Object.fromEntries(numbers) })
}

/** A flow of each context, and what follows from each command. */
function diagrams(document: CatalogDocument): ReadonlyMap<string, string> {
  const events = new Map(document.events.map(event => [event.type, event]))
  const flows = contextsOf(document).map(name => {
    const own = document.events.filter(event => groupOf(event) === name)
    return [`flow/${slug(name === '' ? 'other' : name)}.mmd`, `${flowDiagram(own)}\n`] as const
  })
  const sequences = document.commands.map(
    command => [`sequence/${command.type}.mmd`, `${sequenceDiagram(command, events)}\n`] as const,
  )
  return new Map([...flows, ...sequences])
}
