import Type from 'typebox'
import { defineEvent, defineTopic } from '../../core/index.ts'
import { compatibilityModes } from '../compatibility/index.ts'
import { schemaTypes } from './checker.ts'
import { eventDetails } from './event-details.ts'

/** The events that a schema registry is made of: its whole state follows from them. */

const text = (description: string, example: string, maxLength = 512) =>
  Type.String({ description, minLength: 1, maxLength, examples: [example] })
const count = (description: string, example: number) =>
  Type.Integer({ description, minimum: 1, examples: [example] })
const flag = (description: string, example: boolean) => Type.Boolean({ description, examples: [example] })

const subject = text("Name of the subject: the schema's versions stand under it.", 'orders-value', 255)
const version = count('Number of the version within its subject, dense from 1.', 2)
const compatibility = Type.Enum([...compatibilityModes], {
  description: 'What a new version must keep to.',
  examples: ['full'],
})

const details = {
  topic: 'catalog',
  kind: 'system',
  producer: 'Schema Registry',
  consumers: ['Query Service'],
  aggregate: 'SchemaRegistry',
  isReserved: true,
  idempotencyKey: (event: { readonly eventId: string }) => event.eventId,
  personal: [],
  retention: {
    period: 'forever',
    basis: 'Events stay readable only while the schemas that they were written with are known.',
  },
  retry: { attempts: 5, backoff: 'exponential', initialDelay: 200, maxDelay: 30_000 },
  deadLetter: { keepFor: 'P90D', alert: 'ticket' },
} as const

export const SchemaRegistered = defineEvent({
  ...details,
  type: 'SchemaRegistered',
  version: '1.0',
  summary: 'A schema became a version of a subject.',
  rules: [
    'A version never changes: the same subject and number always stand for the same text.',
    'Within a scope the same text with the same references has one id, under however many subjects it stands.',
  ],
  monitoring: { metrics: ['Schemas registered, by type.', 'Registrations refused as incompatible.'] },
  payload: Type.Object(
    {
      subject,
      version,
      id: count("Number of the schema within its scope; a tenant's begin at 1000001.", 1_000_001),
      schemaType: Type.Enum([...schemaTypes], {
        description: 'Language that it is written in.',
        examples: ['JSON'],
      }),
      schema: text('Its text as it was registered.', '{"type":"object"}', 65_536),
      hash: Type.String({
        description: 'SHA-256 of its canonical text, lower-case hexadecimal.',
        pattern: '^[0-9a-f]{64}$',
        examples: ['9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08'],
      }),
      references: Type.Optional(
        Type.Array(
          Type.Object(
            {
              name: text('What the text calls the other schema.', 'money.json', 255),
              subject: text('Subject of the other schema.', 'money', 255),
              version: count('Version of that subject.', 1),
            },
            { description: 'A schema that the text refers to.' },
          ),
          {
            description: 'Schemas that the text refers to.',
            maxItems: 20,
            examples: [[{ name: 'money.json', subject: 'money', version: 1 }]],
          },
        ),
      ),
      title: Type.Optional(text('Its title.', 'Order', 200)),
      description: Type.Optional(text('What it says about itself.', 'An order of a customer.', 2_000)),
      event: Type.Optional(eventDetails),
    },
    { description: 'The version, with all that there is to know of it.' },
  ),
  examples: [
    {
      subject: 'OrderPlaced',
      version: 1,
      id: 1_000_001,
      schemaType: 'JSON',
      schema: [
        '{"type":"object","title":"Order","required":["orderId","customerId"],"properties":',
        '{"orderId":{"type":"string"},"customerId":{"type":"string"},"email":{"type":"string"},',
        '"total":{"$ref":"money.json"}}}',
      ].join(''),
      hash: 'ed783db74cfbc833c0c88e1af97a49b07ae0dd644c4b5f6ac50619b0e77d9a9b',
      references: [{ name: 'money.json', subject: 'money', version: 1 }],
      title: 'Order',
      description: 'An order of a customer.',
      event: {
        kind: 'integration',
        topic: 'orders',
        summary: 'An order was placed.',
        producer: 'Order Service',
        consumers: ['Shipping'],
        aggregate: 'Order',
        orderingKey: '/orderId',
        personal: [{ pointer: '/email', subject: '/customerId', kind: 'email' }],
      },
    },
    {
      subject: 'payments-value',
      version: 3,
      id: 1_000_009,
      schemaType: 'AVRO',
      schema: '{"type":"record","name":"Payment","fields":[]}',
      hash: '2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae',
    },
  ],
})

export const SchemaDeprecated = defineEvent({
  ...details,
  type: 'SchemaDeprecated',
  version: '1.0',
  summary: 'A subject was marked as going away, or the mark was taken off.',
  rules: ['Deprecation changes nothing about what is accepted; it tells readers and producers.'],
  monitoring: { metrics: ['Subjects deprecated that are still published.'] },
  payload: Type.Object(
    {
      subject,
      isDeprecated: flag('False where the mark was taken off.', true),
      reason: Type.Optional(text('Why it is going away.', 'Replaced by a version with taxes.', 1_000)),
      successor: Type.Optional(text('Subject that stands in its place.', 'OrderPlacedV2', 255)),
      sunset: Type.Optional(
        Type.String({
          description: 'Date after which nobody should use it.',
          format: 'date',
          examples: ['2027-06-30'],
        }),
      ),
    },
    { description: 'What is going away, and what to use instead.' },
  ),
  examples: [
    {
      subject: 'OrderPlaced',
      isDeprecated: true,
      reason: 'Replaced by a version with taxes.',
      successor: 'OrderPlacedV2',
      sunset: '2027-06-30',
    },
    { subject: 'payments-value', isDeprecated: false },
  ],
})

export const SchemaVersionDeleted = defineEvent({
  ...details,
  type: 'SchemaVersionDeleted',
  version: '1.0',
  summary: 'A version of a subject was deleted, or deleted for good.',
  rules: [
    'A deleted version is still found by its id, and no number is given out twice.',
    'Only a version that was deleted is deleted for good.',
  ],
  monitoring: { metrics: ['Versions deleted.'], alerts: ['Many versions deleted within minutes.'] },
  payload: Type.Object(
    {
      subject,
      version,
      isPermanent: flag('Whether it is not found any more by its id either.', false),
    },
    { description: 'Which version, and how far.' },
  ),
  examples: [
    { subject: 'payments-value', version: 2, isPermanent: false },
    { subject: 'payments-value', version: 2, isPermanent: true },
  ],
})

export const SchemaCompatibilityChanged = defineEvent({
  ...details,
  type: 'SchemaCompatibilityChanged',
  version: '1.0',
  summary: 'What new versions must keep to was changed, for a subject or for the whole scope.',
  rules: ['It holds for versions that are registered later; those that are there stay.'],
  monitoring: { metrics: ['Subjects without any compatibility.'] },
  payload: Type.Object(
    { subject: Type.Optional(subject), compatibility: Type.Optional(compatibility) },
    { description: 'Without a subject for all that set none; without a mode what was set is taken back.' },
  ),
  examples: [{ subject: 'payments-value', compatibility: 'full' }, { compatibility: 'backward_transitive' }],
})

export const SchemaModeChanged = defineEvent({
  ...details,
  type: 'SchemaModeChanged',
  version: '1.0',
  summary: 'A subject or the whole scope was closed to changes, or opened to them.',
  rules: ['What is closed is still read.'],
  monitoring: { metrics: ['Registrations refused because the registry is closed.'] },
  payload: Type.Object(
    {
      subject: Type.Optional(subject),
      mode: Type.Optional(
        Type.Enum(['READWRITE', 'READONLY'], {
          description: 'Whether it takes changes.',
          examples: ['READONLY'],
        }),
      ),
    },
    { description: 'Without a subject for all that set none; without a mode what was set is taken back.' },
  ),
  examples: [{ subject: 'payments-value', mode: 'READONLY' }, { mode: 'READWRITE' }],
})

/** All events of a registry: they belong into a platform's catalogue. */
export const registryEvents = [
  SchemaRegistered,
  SchemaDeprecated,
  SchemaVersionDeleted,
  SchemaCompatibilityChanged,
  SchemaModeChanged,
] as const

export const catalogTopic = defineTopic({
  name: 'catalog',
  summary: 'What becomes of the schemas that tenants and the platform register.',
})
