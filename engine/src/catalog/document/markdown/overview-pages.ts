import type { CatalogDocument, CommandDocument, EventDocument, TopicDocument } from '../catalog-document.ts'
import { flowDiagram, sequenceDiagram } from '../diagram/mermaid.ts'
import { fieldRows } from '../field/field-rows.ts'
import { contextsOf, groupOf } from '../group.ts'
import { fieldTable, personalLine } from './event-page.ts'
import { code, fenced, json, list, prose, section, table } from './markdown.ts'
import type { Paths } from './paths.ts'

export function indexPage(document: CatalogDocument, paths: Paths): string {
  const { events, commands, topics } = document
  const contexts = contextsOf(document).map(name => [
    paths.contextLink(name, ''),
    String(events.filter(event => groupOf(event) === name).length),
    String(commands.filter(command => groupOf(command) === name).length),
  ])
  return [
    '# Catalogue',
    `${events.length} events, ${commands.length} commands and ${topics.length} topics.`,
    ...section('Contexts', table(['context', 'events', 'commands'], contexts)),
    ...section('Topics', topicTable(topics, paths)),
    ...section('Events', eventTable(events, paths, '')),
    ...section('Commands', commandTable(commands, paths, '')),
  ].join('\n\n')
}

export function contextPage(name: string, document: CatalogDocument, paths: Paths): string {
  const events = document.events.filter(event => groupOf(event) === name)
  const commands = document.commands.filter(command => groupOf(command) === name)
  return [
    `# ${name === '' ? 'Others' : prose(name)}`,
    ...flow(events),
    ...section('Events', eventTable(events, paths, '../')),
    ...section('Commands', commandTable(commands, paths, '../')),
  ].join('\n\n')
}

export function topicPage(topic: TopicDocument, events: readonly EventDocument[], paths: Paths): string {
  const on = events.filter(event => topic.events.includes(event.type))
  // Only this topic is drawn of events that are on several.
  const here = on.map(event => ({ ...event, topic: topic.name, alsoOn: [] }))
  return [
    `# ${prose(topic.name)}`,
    prose(topic.summary),
    ...flow(here),
    ...section('Publishers', list(topic.publishers.map(prose))),
    ...section('Subscribers', list(topic.subscribers.map(prose))),
    ...section('Events', eventTable(on, paths, '../')),
  ]
    .filter(part => part !== '')
    .join('\n\n')
}

/** A diagram of the events that are sent; nothing where there are none. */
function flow(events: readonly EventDocument[]): string[] {
  return events.every(event => event.isDerived) ? [] : [fenced('mermaid', flowDiagram(events))]
}

export function commandPage(
  command: CommandDocument,
  events: ReadonlyMap<string, EventDocument>,
  paths: Paths,
): string {
  const { permission, context } = command
  const rows = [
    ['version', command.version],
    ['aggregate', prose(command.aggregate)],
    ...(context === undefined ? [] : [['context', paths.contextLink(context, '../')]]),
    ...(permission === undefined ? [] : [['permission', code(permission)]]),
  ]
  const refusals = command.rejections.map(({ code: word, when }) => [code(word), prose(when)])
  return [
    `# ${command.type}`,
    prose(command.summary),
    table(['', ''], rows),
    fenced('mermaid', sequenceDiagram(command, events)),
    ...section('Fields', fieldTable(fieldRows(command.schema, command.personal))),
    ...section('Leads to', list(command.emits.map(type => paths.eventLink(type, '../')))),
    ...section('Refused', refusals.length === 0 ? '' : table(['code', 'when'], refusals)),
    ...section('Rules', list(command.rules.map(prose))),
    ...section('Personal data', list(command.personal.map(personalLine))),
    ...section('Examples', ...command.examples.map(json)),
  ].join('\n\n')
}

/** A row for each event: its page, version, kind, topic and what it says. */
export function eventTable(events: readonly EventDocument[], paths: Paths, up: string): string {
  if (events.length === 0) return ''
  return table(
    ['event', 'version', 'kind', 'topic', 'meaning'],
    events.map(event => [
      paths.eventLink(event.type, up),
      event.version,
      event.kind,
      paths.topicLink(event.topic, up),
      prose(event.summary),
    ]),
  )
}

function commandTable(commands: readonly CommandDocument[], paths: Paths, up: string): string {
  if (commands.length === 0) return ''
  return table(
    ['command', 'aggregate', 'leads to', 'meaning'],
    commands.map(command => [
      paths.commandLink(command.type, up),
      prose(command.aggregate),
      command.emits.map(type => paths.eventLink(type, up)).join(', '),
      prose(command.summary),
    ]),
  )
}

function topicTable(topics: readonly TopicDocument[], paths: Paths): string {
  if (topics.length === 0) return ''
  return table(
    ['topic', 'events', 'meaning'],
    topics.map(topic => [paths.topicLink(topic.name, ''), String(topic.events.length), prose(topic.summary)]),
  )
}
