import type { JsonObject } from '../../../core/index.ts'
import type { CatalogDocument, EventDocument, TopicDocument } from '../catalog-document.ts'
import { idempotencyMeaning } from '../idempotency.ts'
import { slug, uniqueNames } from '../unique-names.ts'
import { envelopeSchema, propertiesSchema } from './envelope-schema.ts'
import { inOwnDialect, toMessage } from './message.ts'
import { moveReferences } from './move-references.ts'

export type AsyncApiServer = {
  readonly host: string
  /** Such as `amqps` or `nats`. */
  readonly protocol: string
}

export interface AsyncApiOptions {
  readonly title: string
  readonly version: string
  readonly servers?: Readonly<Record<string, AsyncApiServer>>
}

/**
 * The AsyncAPI 3.0 document of a catalogue: a channel for each topic, an operation for each party on it, a message for
 * each event. Payloads keep their JSON Schema 2020-12, which `schemaFormat` names.
 */
export function toAsyncApi(document: CatalogDocument, options: AsyncApiOptions): JsonObject {
  const { title, version, servers } = options
  const events = new Map(document.events.map(event => [event.type, event]))
  const topics = document.topics.filter(topic => topic.events.some(type => events.has(type)))
  const channels = uniqueNames(
    topics.map(topic => topic.name),
    slug,
  )
  return {
    asyncapi: '3.0.0',
    info: {
      title,
      version,
      description: `Every event, the topics that it is published on, and who sends and receives it. The \`x-keelson\` of a message has what else is known of it. Its \`idempotencyKey\`: ${idempotencyMeaning} Where \`isDerived\` is true, readers derive the event from the log: it is neither published nor stored.`,
    },
    defaultContentType: 'application/json',
    ...(servers === undefined ? {} : { servers: servers as JsonObject }),
    channels: Object.fromEntries(
      topics.map(topic => [channels.get(topic.name) as string, toChannel(topic, events)]),
    ),
    operations: toOperations(topics, channels, events),
    components: toComponents(document.events),
  }
}

function toChannel(topic: TopicDocument, events: ReadonlyMap<string, EventDocument>): JsonObject {
  const types = topic.events.filter(type => events.has(type))
  return {
    address: topic.name,
    title: topic.name,
    ...(topic.summary === '' ? {} : { summary: topic.summary }),
    messages: Object.fromEntries(types.map(type => [type, { $ref: `#/components/messages/${type}` }])),
  }
}

/** What one party does with the messages of one channel. */
interface Part {
  readonly action: 'send' | 'receive'
  readonly party: string
  readonly topic: string
  readonly types: string[]
}

function toOperations(
  topics: readonly TopicDocument[],
  channels: ReadonlyMap<string, string>,
  events: ReadonlyMap<string, EventDocument>,
): JsonObject {
  const parts = topics.flatMap(topic => partsOf(topic, events))
  const label = ({ action, party, topic }: Part) => `${action} ${party} ${topic}`
  const ids = uniqueNames(parts.map(label), slug)
  return Object.fromEntries(
    parts.map(part => {
      const channel = `#/channels/${channels.get(part.topic)}`
      const operation = {
        action: part.action,
        channel: { $ref: channel },
        title: `${part.party} ${part.action === 'send' ? 'publishes on' : 'subscribes to'} ${part.topic}`,
        // Who is named by the topic alone has to do with all that is on it.
        ...(part.types.length === 0
          ? {}
          : { messages: part.types.map(type => ({ $ref: `${channel}/messages/${type}` })) }),
        'x-keelson-party': part.party,
      }
      return [ids.get(label(part)) as string, operation]
    }),
  )
}

function partsOf(topic: TopicDocument, events: ReadonlyMap<string, EventDocument>): Part[] {
  const parts = new Map<string, Part>()
  const partOf = (action: Part['action'], party: string): Part => {
    const key = `${action} ${party}`
    const part = parts.get(key) ?? { action, party, topic: topic.name, types: [] }
    parts.set(key, part)
    return part
  }
  const on = topic.events.flatMap(type => events.get(type) ?? [])
  for (const event of on) {
    partOf('send', event.producer).types.push(event.type)
    for (const consumer of new Set(event.consumers)) partOf('receive', consumer).types.push(event.type)
  }
  for (const publisher of topic.publishers) partOf('send', publisher)
  for (const subscriber of topic.subscribers) partOf('receive', subscriber)
  return [...parts.values()].sort((a, b) => (a.action === b.action ? 0 : a.action === 'send' ? -1 : 1))
}

function toComponents(events: readonly EventDocument[]): JsonObject {
  const schemas = events.map(({ type, schema }) => [
    type,
    inOwnDialect(moveReferences(schema, `#/components/schemas/${type}/schema`)),
  ])
  return {
    messages: Object.fromEntries(events.map(event => [event.type, toMessage(event)])),
    schemas: {
      envelope: inOwnDialect(envelopeSchema),
      messageProperties: inOwnDialect(propertiesSchema),
      ...Object.fromEntries(schemas),
    },
    correlationIds: {
      correlation: {
        description: 'What one request led to.',
        location: '$message.header#/cs-correlation-id',
      },
    },
  }
}
