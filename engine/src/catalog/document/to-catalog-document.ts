import type { CommandDefinition, JsonValue, TopicDefinition } from '../../core/index.ts'
import type { Catalog, CatalogEntry } from '../catalog.ts'
import { schemaHash, toSchemaDocument } from '../frozen/schema-document.ts'
import type {
  CatalogDocument,
  CatalogScope,
  CommandDocument,
  EventDocument,
  TopicDocument,
} from './catalog-document.ts'
import { describeKey } from './describe-key.ts'

/** What a bounded context defines, by its name. */
export interface NamedContext {
  readonly name: string
  readonly events: readonly { readonly type: string }[]
  readonly commands?: readonly { readonly type: string }[]
  readonly topics?: readonly { readonly name: string }[]
}

export interface DocumentOptions {
  /** Where each definition comes from. */
  readonly contexts?: readonly NamedContext[]
  /** Types that a tenant registered, besides the platform's. */
  readonly own?: readonly CatalogEntry[]
}

/** The whole catalogue as plain JSON: events and commands in the order of their definition, topics by name. */
export function toCatalogDocument(
  catalog: Pick<Catalog, 'entries' | 'commands' | 'topics'>,
  { contexts = [], own = [] }: DocumentOptions = {},
): CatalogDocument {
  const origin = originsOf(contexts)
  const events = [
    ...catalog.entries.map(entry => toEvent(entry, 'platform', origin)),
    ...own.map(entry => toEvent(entry, 'tenant', origin)),
  ]
  return {
    events,
    commands: catalog.commands.map(command => toCommand(command, origin)),
    topics: toTopics(events, catalog.topics, origin),
  }
}

/** Name of the context that defines something, by its kind and name. */
type Origins = ReadonlyMap<string, string>

function originsOf(contexts: readonly NamedContext[]): Origins {
  const origins = new Map<string, string>()
  for (const { name, events, commands = [], topics = [] } of contexts) {
    for (const { type } of [...events, ...commands]) origins.set(type, name)
    // A topic may serve several contexts: the first that describes it counts.
    for (const topic of topics) if (!origins.has(`/${topic.name}`)) origins.set(`/${topic.name}`, name)
  }
  return origins
}

function toEvent(entry: CatalogEntry, scope: CatalogScope, origins: Origins): EventDocument {
  const { definition } = entry
  const { type, version, kind, topic, summary, producer, consumers } = definition
  const versions = entry.versions.map(({ version: name, document, hash }) => ({
    version: name,
    hash: hash ?? schemaHash(document),
  }))
  const newest = entry.versions.at(-1)
  const schema = newest?.document ?? toSchemaDocument(definition)
  return {
    type,
    version,
    kind,
    topic,
    alsoOn: definition.alsoOn ?? [],
    summary,
    producer,
    consumers,
    ...given('aggregate', definition.aggregate),
    ...given('orderingKey', entry.orderingKeyText ?? describeKey(definition.orderingKey)),
    ...given('idempotencyKey', describeKey(definition.idempotencyKey)),
    rules: definition.rules ?? [],
    personal: definition.personal ?? [],
    ...given('retention', definition.retention),
    ...given('retry', definition.retry),
    ...given('deadLetter', definition.deadLetter),
    ...given('monitoring', definition.monitoring),
    ...given('deprecated', definition.deprecated),
    isDerived: definition.isDerived === true,
    isReserved: definition.isReserved === true,
    ...given('context', scope === 'platform' ? origins.get(type) : undefined),
    scope,
    schema,
    schemaHash: versions.at(-1)?.hash ?? schemaHash(schema),
    examples: definition.examples as readonly JsonValue[],
    versions,
  }
}

function toCommand(command: CommandDefinition, origins: Origins): CommandDocument {
  const { type, version, aggregate, summary, emits, rejections } = command
  const schema = toSchemaDocument(command)
  return {
    type,
    version,
    aggregate,
    summary,
    emits,
    rejections,
    ...given('permission', command.permission),
    rules: command.rules ?? [],
    personal: command.personal ?? [],
    ...given('context', origins.get(type)),
    schema,
    schemaHash: schemaHash(schema),
    examples: command.examples as readonly JsonValue[],
  }
}

/** Every topic that is described or that an event names. */
function toTopics(
  events: readonly EventDocument[],
  described: readonly TopicDefinition[],
  origins: Origins,
): TopicDocument[] {
  const descriptions = new Map(described.map(topic => [topic.name, topic]))
  const byTopic = new Map<string, EventDocument[]>(described.map(topic => [topic.name, []]))
  for (const event of events) {
    for (const name of new Set([event.topic, ...event.alsoOn])) {
      byTopic.set(name, [...(byTopic.get(name) ?? []), event])
    }
  }
  return [...byTopic]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, on]) => {
      const own = descriptions.get(name)
      return {
        name,
        summary: own?.summary ?? '',
        publishers: distinct([...on.map(event => event.producer), ...(own?.publishers ?? [])]),
        subscribers: distinct([...on.flatMap(event => event.consumers), ...(own?.subscribers ?? [])]),
        ...given('context', origins.get(`/${name}`) ?? on[0]?.context),
        events: on.map(event => event.type),
      }
    })
}

const distinct = (names: readonly string[]): readonly string[] => [...new Set(names)]

/** The member where it has a value, and nothing where it has none. */
function given<Name extends string, Value>(
  name: Name,
  value: Value | undefined,
): { readonly [Key in Name]?: Value } {
  return (value === undefined ? {} : { [name]: value }) as { readonly [Key in Name]?: Value }
}
