import Type from 'typebox'
import { plain } from '../route-schemas.ts'

/** What /openapi.json says of the registry's routes; requests are checked by the code that takes them. */
const text = (description: string) => Type.String({ description })
const optional = (description: string) => Type.Optional(text(description))

const params = {
  subject: Type.Object({ subject: text('Name of the subject.') }),
  version: Type.Object({
    subject: text('Name of the subject.'),
    version: text('Number of the version, or latest.'),
  }),
}

const schemaBody = Type.Object({
  schema: Type.Unknown({ description: 'Text of the schema; a JSON Schema may stand as it is.' }),
  schemaType: Type.Optional(
    Type.Enum(['JSON', 'AVRO', 'PROTOBUF'], { description: 'Its language; JSON when absent.' }),
  ),
  references: Type.Optional(
    Type.Array(
      Type.Object({
        name: text('What the text calls the other schema.'),
        subject: text('Its subject.'),
        version: Type.Integer({ minimum: 1 }),
      }),
    ),
  ),
  event: Type.Optional(
    Type.Unknown({ description: 'topic, summary, producer and more: makes the subject an event type.' }),
  ),
  compatibility: Type.Optional(text('What this version and later ones keep to.')),
})

const route = (operationId: string, summary: string) => plain(operationId, 'schemas', summary)

export const docs = {
  list: {
    ...route('listSchemas', 'Subjects, those of the tenant and of the platform'),
    description:
      'The event types of the catalogue are subjects of the platform; their ids begin at 1073741824.',
    querystring: Type.Object({
      q: optional('Words of a name, title or description.'),
      prefix: optional('What names begin with.'),
      scope: Type.Optional(Type.Enum(['tenant', 'platform'])),
      deprecated: Type.Optional(Type.Enum(['true', 'false'])),
      limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 500, default: 100 })),
      cursor: optional('nextCursor of the page before.'),
    }),
  },
  subject: { ...route('readSubject', 'One subject'), params: params.subject },
  register: {
    ...route('registerSchema', 'Register a schema as the next version of a subject'),
    description:
      'Answers 201, or 200 where the subject has this very schema. With dryRun=true nothing is changed and the answer says what would come of it. Without `event` the subject is no event type, and `hint` says so.',
    params: params.subject,
    querystring: Type.Object({ dryRun: Type.Optional(Type.Enum(['true', 'false'])) }),
    headers: Type.Object({ 'if-match': optional('ETag of the newest version.') }),
    body: schemaBody,
  },
  deleteSubject: {
    ...route('deleteSubject', 'Delete a subject; with permanent=true for good'),
    params: params.subject,
    querystring: Type.Object({ permanent: Type.Optional(Type.Enum(['true', 'false'])) }),
  },
  versions: { ...route('listVersions', 'Versions of a subject'), params: params.subject },
  version: { ...route('readVersion', 'One version of a subject'), params: params.version },
  deleteVersion: {
    ...route('deleteVersion', 'Delete a version; with permanent=true for good'),
    params: params.version,
    querystring: Type.Object({ permanent: Type.Optional(Type.Enum(['true', 'false'])) }),
  },
  deprecate: {
    ...route('deprecateSubject', 'Mark a subject as going away, or take the mark off'),
    params: params.subject,
    body: Type.Object({
      reason: optional('Why it is going away.'),
      successor: optional('Subject to use instead.'),
      sunset: optional('Date after which nobody should use it.'),
      isDeprecated: Type.Optional(Type.Boolean({ description: 'False takes the mark off.' })),
    }),
  },
  readCompatibility: {
    ...route('readCompatibility', 'What new versions of a subject must keep to'),
    params: params.subject,
  },
  setCompatibility: {
    ...route('setCompatibility', 'Set what new versions of a subject must keep to'),
    params: params.subject,
    body: Type.Object({ compatibility: text('A mode; null takes back what was set.') }),
  },
  check: {
    ...route('checkCompatibility', 'Whether a schema could be the next version'),
    description: 'Answers 404 with the nearest names where there is no such subject.',
    params: params.subject,
    querystring: Type.Object({ version: optional('Compares with this version alone.') }),
    body: schemaBody,
  },
  byHash: {
    ...route('readSchemaByHash', 'A schema by the SHA-256 of its canonical text'),
    params: Type.Object({ hash: text('64 hexadecimal digits.') }),
  },
  byId: {
    ...route('readSchemaById', 'A schema by its number'),
    params: Type.Object({ id: text('Number of the schema.') }),
  },
}

/** The paths that clients of other registries use. */
export const foreign = (operationId: string, summary: string) =>
  plain(operationId, 'schemas (Confluent)', summary)
