import type { CatalogDocument, CommandDocument, EventDocument, TopicDocument } from 'keelson'
import { fieldRows } from 'keelson'

/** What is asked of a catalogue; what is not given does not matter. */
export interface CatalogFilter {
  readonly kind?: string | undefined
  readonly topic?: string | undefined
  readonly context?: string | undefined
  /** Words that must all stand in names, summaries, parties or fields; their case does not count. */
  readonly q?: string | undefined
  /** Only what the tenant registered itself. */
  readonly isOwn?: boolean
}

/**
 * The part of a catalogue that a filter leaves. Commands are left out where only kinds or topics of events are asked
 * for that they do not lead to, and topics where no event on them is left and nothing else finds them.
 */
export function filterDocument(document: CatalogDocument, filter: CatalogFilter): CatalogDocument {
  const { kind, topic, context, q, isOwn } = filter
  const words = (q ?? '').toLowerCase().split(/\s+/).filter(Boolean)
  const found = (text: () => string) => words.length === 0 || hasAll(text().toLowerCase(), words)
  const events = document.events.filter(
    event =>
      (kind === undefined || event.kind === kind) &&
      (topic === undefined || event.topic === topic || event.alsoOn.includes(topic)) &&
      (context === undefined || event.context === context) &&
      (isOwn !== true || event.scope === 'tenant') &&
      found(() => eventText(event)),
  )
  const types = new Set(events.map(event => event.type))
  const isOfEvents = kind !== undefined || topic !== undefined
  const commands = document.commands.filter(
    command =>
      isOwn !== true &&
      (context === undefined || command.context === context) &&
      (!isOfEvents || command.emits.some(type => types.has(type))) &&
      found(() => commandText(command)),
  )
  const topics = document.topics.filter(
    one =>
      (topic === undefined || one.name === topic) &&
      (one.events.some(type => types.has(type)) ||
        (isOwn !== true &&
          kind === undefined &&
          (context === undefined || one.context === context) &&
          found(() => topicText(one)))),
  )
  return { events, commands, topics }
}

const hasAll = (text: string, words: readonly string[]): boolean => words.every(word => text.includes(word))

function eventText(event: EventDocument): string {
  const { type, summary, topic, alsoOn, producer, consumers, context = '', aggregate = '', schema } = event
  const fields = fieldRows(schema).map(row => `${row.path} ${row.description}`)
  return [type, summary, topic, ...alsoOn, producer, ...consumers, context, aggregate, ...fields].join('\n')
}

const commandText = ({ type, summary, aggregate, context = '', emits, permission = '' }: CommandDocument) =>
  [type, summary, aggregate, context, permission, ...emits].join('\n')

const topicText = ({ name, summary, context = '', publishers, subscribers }: TopicDocument) =>
  [name, summary, context, ...publishers, ...subscribers].join('\n')
