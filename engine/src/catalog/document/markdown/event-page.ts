import type { JsonValue } from '../../../core/index.ts'
import type { EventDocument } from '../catalog-document.ts'
import type { ChangelogEntry } from '../changelog/to-changelog.ts'
import { flowDiagram } from '../diagram/mermaid.ts'
import type { FieldRow } from '../field/field-rows.ts'
import { fieldRows } from '../field/field-rows.ts'
import { groupOf } from '../group.ts'
import { idempotencyMeaning } from '../idempotency.ts'
import { code, fenced, json, list, prose, section, table } from './markdown.ts'
import type { Paths } from './paths.ts'

const kinds = { domain: 'Domain', integration: 'Integration', system: 'System' } as const

/** The page of one event, in the folder `events/`. */
export function eventPage(event: EventDocument, paths: Paths, changelog: readonly ChangelogEntry[]): string {
  const examples = event.examples.map(json)
  return [
    `# ${event.type}`,
    prose(event.summary),
    ...remarks(event),
    facts(event, paths),
    ...(event.isDerived ? [] : [fenced('mermaid', flowDiagram([event]))]),
    ...section('Fields', fieldTable(fieldRows(event.schema, event.personal))),
    ...section('Rules', list(event.rules.map(prose))),
    ...section('Personal data', list(event.personal.map(personalLine))),
    ...(event.isDerived ? [] : section('Delivery', delivery(event))),
    ...section('Monitoring', monitoring(event)),
    ...section(event.examples.length === 1 ? 'Example' : 'Examples', ...examples),
    ...section('Versions', ...changelog.flatMap(changes)),
    ...section('JSON Schema', json(event.schema)),
  ].join('\n\n')
}

const derivedRemark =
  'Derived from the log by its readers: it is neither published nor stored, so nothing of it is tried again, set aside or kept.'

function remarks({ deprecated, isDerived, isReserved, scope }: EventDocument): string[] {
  const { since, sunset, successor, reason } = deprecated ?? {}
  const until = sunset === undefined ? '' : ` It ends on ${prose(sunset)}.`
  const next = successor === undefined ? '' : ` Use ${code(successor)} in its place.`
  const why = reason === undefined ? '' : ` ${prose(reason)}`
  return [
    ...(since === undefined ? [] : [`**Deprecated since ${prose(since)}.**${until}${next}${why}`]),
    ...(isDerived ? [derivedRemark] : []),
    ...(isReserved ? ['Written by Keelson alone, when it has done what the event says.'] : []),
    ...(scope === 'tenant' ? ['Registered by the tenant itself.'] : []),
  ]
}

function facts(event: EventDocument, paths: Paths): string {
  const topics = [event.topic, ...event.alsoOn].map(topic => paths.topicLink(topic, '../'))
  const rows = [
    ['kind', kinds[event.kind]],
    ['version', event.version],
    ['context', groupOf(event) === '' ? '' : paths.contextLink(groupOf(event), '../')],
    ['topics', topics.join(', ')],
    ['producer', prose(event.producer)],
    ['consumers', event.consumers.map(prose).join(', ')],
    ['aggregate', prose(event.aggregate ?? '')],
    ['ordering key', event.orderingKey === undefined ? '' : code(event.orderingKey)],
    ['idempotency key', `${code(event.idempotencyKey ?? '{eventId}')} ${idempotencyMeaning}`],
    ['schema', code(event.schemaHash)],
  ]
  return table(
    ['', ''],
    rows.filter(([, value]) => value !== '').map(([name = '', value = '']) => [name, value]),
  )
}

/** A row for each field with its type, whether it is required and personal, what it means and an example. */
export function fieldTable(rows: readonly FieldRow[]): string {
  if (rows.length === 0) return 'The payload has no members of its own.'
  return table(
    ['field', 'type', 'required', 'personal', 'meaning', 'example'],
    rows.map(row => [
      code(row.path),
      prose(row.type),
      row.isRequired ? 'yes' : '',
      row.personal === undefined ? '' : prose(row.personal.kind ?? 'yes'),
      prose(row.description),
      row.example === undefined ? '' : code(shortened(row.example)),
    ]),
  )
}

function shortened(value: JsonValue): string {
  const text = JSON.stringify(value)
  return text.length > 80 ? `${text.slice(0, 79)}…` : text
}

/** Where personal data stands, and whose it is. */
export const personalLine = ({ pointer, subject, kind }: EventDocument['personal'][number]): string =>
  `${code(pointer)}${kind === undefined ? '' : ` (${prose(kind)})`}, of the person that ${code(subject)} names`

function delivery({ retention, retry, deadLetter }: EventDocument): string {
  const lines: string[] = []
  if (retry !== undefined) {
    const { attempts, backoff, initialDelay, maxDelay } = retry
    const most = maxDelay === undefined ? '' : `, at most ${maxDelay} ms`
    lines.push(`Retry: ${attempts} attempts, ${backoff} from ${initialDelay} ms${most}.`)
  }
  if (deadLetter !== undefined)
    lines.push(`Dead letters: kept ${deadLetter.keepFor}, alert ${deadLetter.alert}.`)
  if (retention !== undefined) lines.push(`Retention: ${retention.period}. ${prose(retention.basis)}`)
  return list(lines)
}

function monitoring({ monitoring: hints }: EventDocument): string {
  if (hints === undefined) return ''
  const alerts = (hints.alerts ?? []).map(alert => `Alert: ${prose(alert)}`)
  return list([...hints.metrics.map(metric => `Watch: ${prose(metric)}`), ...alerts])
}

function changes({ version, previous, changes: said, comparison }: ChangelogEntry): string[] {
  const verdict = comparison === undefined ? '' : ` (${comparison.verdict} with ${previous})`
  const marked = comparison?.differences.map(
    ({ isBreaking, message }) => `${isBreaking ? '**Breaking:** ' : ''}${message}`,
  )
  const lines = [marked, said].find(each => each !== undefined && each.length > 0) ?? [
    'Nothing that is part of the contract changed.',
  ]
  // The words of a change have code spans of their own around names that come from a schema.
  return [
    `### ${version}${verdict}`,
    list(lines.map(line => line.replace(/[<|]/g, '\\$&').replace(/\s+/g, ' '))),
  ]
}
