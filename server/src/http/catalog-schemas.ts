import Type from 'typebox'
import { plain } from './route-schemas.ts'

const text = (description: string) => Type.Optional(Type.String({ description }))

export const catalogSchema = {
  ...plain('listCatalog', 'catalog', 'Events, commands and topics, with their schemas'),
  description: "The platform's and those that the tenant registered. The ETag is that of the whole answer.",
  querystring: Type.Object({
    kind: text('Only events of this kind: domain, integration or system.'),
    topic: text('Only what is on this topic.'),
    context: text('Only what this bounded context defines.'),
    q: text('Words in names, summaries, parties and fields; all must be found.'),
    own: text('true: only what the tenant registered itself.'),
  }),
}

export const catalogExportSchema = {
  ...plain('exportCatalog', 'catalog', 'The catalogue as AsyncAPI, Markdown, TypeScript and more'),
  description: 'Forms of several files answer with `files`, an object from path to text.',
  querystring: Type.Object({
    format: text('json, asyncapi, typescript, proto, markdown, jsonschema, avro or mermaid.'),
  }),
}

export const eventTypeSchema = plain(
  'readEventType',
  'catalog',
  'One event type with its versions and what changed',
)

export const eventTypeVersionSchema = plain(
  'readEventTypeVersion',
  'catalog',
  'JSON Schema of one version of an event type',
)

export const commandTypeSchema = plain('readCommandType', 'catalog', 'One command type')
