import type { EventDocument } from 'keelson'
import { fieldRows, toCatalogDocument } from 'keelson'
import { builtInCatalog, builtInContexts } from '../../server/src/catalog/index.ts'
import { code, fenced, table } from './table.ts'

const kinds = { domain: 'Domain', integration: 'Integration', system: 'System' } as const

/** Every defined event: a table of all, and each with its fields, context by context. */
export function eventSection(): string {
  const { events } = toCatalogDocument(builtInCatalog(), { contexts: builtInContexts })
  const names = [...new Set(events.map(event => event.context ?? ''))]
  return [
    overview(events),
    ...names.flatMap(name => [
      `## The context ${name}`,
      ...events.filter(event => event.context === name).map(describe),
    ]),
  ].join('\n\n')
}

/** Links lead to the sections below on the same page. */
function overview(events: readonly EventDocument[]): string {
  return table(
    ['event', 'version', 'kind', 'topic', 'producer', 'meaning'],
    events.map(event => [
      `[${event.type}](#${event.type.toLowerCase()})`,
      event.version,
      event.kind,
      code(event.topic),
      event.producer,
      event.summary,
    ]),
  )
}

function describe(event: EventDocument): string {
  const topics = [event.topic, ...event.alsoOn].map(code).join(', ')
  const facts = [
    `${kinds[event.kind]} event, version ${event.version}, on ${topics}`,
    `from ${event.producer}`,
    `for ${event.consumers.join(', ')}`,
    ...(event.aggregate === undefined ? [] : [`about ${event.aggregate}`]),
    ...(event.orderingKey === undefined ? [] : [`in order of ${code(event.orderingKey)}`]),
    ...(event.retention === undefined || event.isDerived ? [] : [`kept ${code(event.retention.period)}`]),
  ]
  return [
    `### ${event.type}`,
    event.summary,
    `${facts.join('; ')}.`,
    ...(event.isDerived ? ['Derived from the log by its readers: it is neither published nor stored.'] : []),
    ...(event.isReserved ? ['Written by Keelson alone, when it has done what the event says.'] : []),
    fieldTable(event),
    event.rules.map(rule => `- ${rule}`).join('\n'),
    fenced('json', JSON.stringify(event.examples[0], null, 2)),
  ]
    .filter(part => part !== '')
    .join('\n\n')
}

function fieldTable({ schema, personal }: EventDocument): string {
  const rows = fieldRows(schema, personal).map(row => [
    code(row.path),
    row.isRequired ? 'yes' : '',
    row.type.includes('^') ? code(row.type) : row.type,
    row.personal === undefined ? '' : (row.personal.kind ?? 'yes'),
    row.description,
  ])
  return table(['field', 'required', 'type', 'personal', 'meaning'], rows)
}
