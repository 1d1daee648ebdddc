import type { CommandDocument, EventDocument, FieldRow, JsonObject } from 'keelson'
import { fieldRows } from 'keelson'
import { printable, printableJson } from '../event-line.ts'
import { CommandFailure, exitCodes } from '../exit-code.ts'
import type { CatalogSource } from './catalog-source.ts'
import { unknown } from './catalog-source.ts'

export interface ShowFlags {
  readonly version?: string
  readonly json?: boolean
}

/** Prints one event or command: what it means, its fields, and what holds of it. */
export async function showType(source: CatalogSource, type: string, flags: ShowFlags): Promise<void> {
  const { events, commands } = source.document
  const event = events.find(one => one.type === type)
  const command = commands.find(one => one.type === type)
  const found = event ?? command
  if (found === undefined)
    throw unknown(
      'event or command type',
      type,
      [...events, ...commands].map(one => one.type),
    )
  if (flags.version !== undefined) return showVersion(source, found, event, flags.version)
  if (flags.json) return write(printableJson(found))
  write(event === undefined ? commandText(found as CommandDocument) : eventText(event))
}

async function showVersion(
  source: CatalogSource,
  found: EventDocument | CommandDocument,
  event: EventDocument | undefined,
  wanted: string,
): Promise<void> {
  const versions =
    event === undefined
      ? [{ version: found.version, document: found.schema }]
      : await source.versionsOf(event)
  const version = versions.find(one => one.version === wanted)
  if (version === undefined) {
    const known = versions.map(one => one.version).join(', ')
    throw new CommandFailure(
      `${found.type} has no version "${wanted}"; there are ${known}`,
      exitCodes.notFound,
    )
  }
  write(indentedJson(version.document))
}

/** As a file of its own, with the control characters that `JSON.stringify` leaves as they are written out. */
function indentedJson(value: object): string {
  return JSON.stringify(value, null, 2).replace(/[\p{Cf}\u007f-\u009f]/gu, char =>
    Array.from(
      { length: char.length },
      (_, at) => `\\u${char.charCodeAt(at).toString(16).padStart(4, '0')}`,
    ).join(''),
  )
}

const write = (text: string): void => void process.stdout.write(`${text.trimEnd()}\n`)

function eventText(event: EventDocument): string {
  const { retention, retry, deadLetter, deprecated } = event
  return [
    `${event.type} ${event.version}`,
    event.summary,
    '',
    fact('kind', event.kind),
    fact('context', event.context),
    fact('topics', [event.topic, ...event.alsoOn].join(', ')),
    fact('producer', event.producer),
    fact('consumers', event.consumers.join(', ')),
    fact('aggregate', event.aggregate),
    fact('ordering key', event.orderingKey),
    fact('idempotency key', event.idempotencyKey),
    fact('retention', retention && `${retention.period}: ${retention.basis}`),
    fact('retry', retry && `${retry.attempts} attempts, ${retry.backoff} from ${retry.initialDelay} ms`),
    fact('dead letters', deadLetter && `kept ${deadLetter.keepFor}, alert ${deadLetter.alert}`),
    fact('deprecated', deprecated && `since ${deprecated.since}`),
    fact('published', event.isDerived ? 'no: derived from the log by its readers' : undefined),
    fact('written by', event.isReserved ? 'Keelson alone' : undefined),
    fact('versions', event.versions.map(one => one.version).join(', ')),
    fact('schema', event.schemaHash),
    ...fieldLines(fieldRows(event.schema, event.personal)),
    ...block('Rules', event.rules),
    ...block('Example', [JSON.stringify(event.examples[0])]),
  ]
    .filter(line => line !== undefined)
    .map(printable)
    .join('\n')
}

function commandText(command: CommandDocument): string {
  const refused = command.rejections.map(({ code, when }) => `${code}: ${when}`)
  return [
    `${command.type} ${command.version} (command)`,
    command.summary,
    '',
    fact('context', command.context),
    fact('aggregate', command.aggregate),
    fact('permission', command.permission),
    fact('leads to', command.emits.join(', ')),
    ...fieldLines(fieldRows(command.schema as JsonObject)),
    ...block('Refused', refused),
    ...block('Rules', command.rules),
    ...block('Example', [JSON.stringify(command.examples[0])]),
  ]
    .filter(line => line !== undefined)
    .map(printable)
    .join('\n')
}

const fact = (name: string, value: string | undefined): string | undefined =>
  value === undefined || value === '' ? undefined : `${name.padEnd(16)} ${value}`

function block(heading: string, lines: readonly (string | undefined)[]): string[] {
  return lines.length === 0 ? [] : ['', heading, ...lines.map(line => `  ${line ?? ''}`)]
}

function fieldLines(rows: readonly FieldRow[]): string[] {
  const width = Math.min(40, Math.max(0, ...rows.map(row => row.path.length)))
  const lines = rows.map(row => {
    const marks = [row.isRequired ? 'required' : '', row.personal === undefined ? '' : 'personal'].filter(
      Boolean,
    )
    return `${row.path.padEnd(width)}  ${row.type}${marks.length > 0 ? `, ${marks.join(', ')}` : ''}. ${row.description}`
  })
  return block('Fields', lines)
}
