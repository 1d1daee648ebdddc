import type { CommandDocument, EventDocument, TopicDocument, VersionedSchema } from 'keelson'
import { printableJson } from '../event-line.ts'
import { CommandFailure, exitCodes } from '../exit-code.ts'
import type { CatalogSource } from './catalog-source.ts'
import { unknown } from './catalog-source.ts'
import { commandText, topicText } from './command-text.ts'
import { eventText } from './event-text.ts'

export interface ShowFlags {
  readonly version?: string
  readonly json?: boolean
}

/** Prints one event, command or topic: what it means, its fields, and what holds of it. */
export async function showType(source: CatalogSource, name: string, flags: ShowFlags): Promise<void> {
  const { events, commands, topics } = source.document
  const event = events.find(one => one.type === name)
  if (event !== undefined) {
    return show(event, flags, eventText, await versionsToShow(source, event, flags))
  }
  const command = commands.find(one => one.type === name)
  if (command !== undefined) {
    const { version, schema } = command
    return show(command, flags, commandText, [{ version, document: schema }])
  }
  const topic = topics.find(one => one.name === name)
  if (topic !== undefined) return show(topic, flags, topicText, [])
  const known = [
    ...events.map(one => one.type),
    ...commands.map(one => one.type),
    ...topics.map(one => one.name),
  ]
  throw unknown(source, 'event, command or topic', name, known, 'keelson catalog list --what all')
}

/** They are only asked for where one of them is wanted. */
async function versionsToShow(source: CatalogSource, event: EventDocument, { version }: ShowFlags) {
  return version === undefined ? [] : source.versionsOf(event)
}

function show<Found extends EventDocument | CommandDocument | TopicDocument>(
  found: Found,
  { version, json }: ShowFlags,
  toText: (found: Found) => string,
  versions: readonly VersionedSchema[],
): void {
  if (version !== undefined) write(indentedJson(versionOf(found, versions, version).document))
  else write(json === true ? printableJson(found) : toText(found))
}

function versionOf(
  found: EventDocument | CommandDocument | TopicDocument,
  versions: readonly VersionedSchema[],
  wanted: string,
): VersionedSchema {
  const name = 'type' in found ? found.type : found.name
  const version = versions.find(one => one.version === wanted)
  if (version !== undefined) return version
  const known = versions.map(one => one.version).join(', ')
  throw new CommandFailure(
    known === ''
      ? `${name} is a topic, and has no versions`
      : `${name} has no version "${wanted}"; there are ${known}`,
    exitCodes.notFound,
  )
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
