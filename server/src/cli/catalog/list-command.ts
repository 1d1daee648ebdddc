import type { CatalogDocument } from 'keelson'
import { printable, printableJson } from '../event-line.ts'
import type { Item, Part, PartFlags } from './catalog-part.ts'
import { findPart, parts, wantedParts } from './catalog-part.ts'
import type { CatalogSource } from './catalog-source.ts'

export interface ListFlags extends PartFlags {
  readonly what: string
  readonly json?: boolean
}

/** Prints the events that a filter leaves, one a line, or its commands or topics, or all of them. */
export function listCatalog(source: CatalogSource, flags: ListFlags): void {
  const wanted = wantedParts(flags.what)
  const found = findPart(source, flags)
  const isMixed = wanted.length > 1
  if (flags.json) printJson(found, wanted, isMixed)
  else {
    print(wanted.flatMap(part => rowsOf[part](found).map(row => (isMixed ? [singular(part), ...row] : row))))
    const said = remarks(found, wanted, flags.search !== undefined)
    if (said !== '') process.stderr.write(`${said}\n`)
  }
}

/** That nothing was found; and where a word was searched, what else has it. */
function remarks(found: CatalogDocument, wanted: readonly Part[], isSearch: boolean): string {
  const isEmpty = wanted.every(part => found[part].length === 0)
  const nothing = wanted.length > 1 ? 'Nothing matches.' : `No ${noun[wanted[0] as Part]} matches.`
  const others = parts.filter(part => isSearch && !wanted.includes(part) && found[part].length > 0)
  const counts = others.map(part => counted(found[part].length, part)).join(' and ')
  const also = counts === '' ? '' : `Also found: ${counts} (--what all).`
  return [isEmpty ? nothing : '', also].filter(Boolean).join(' ')
}

const noun = { events: 'event type', commands: 'command type', topics: 'topic' } as const
const singular = (part: Part): string => part.slice(0, -1)
const counted = (count: number, part: Part): string => `${count} ${count === 1 ? singular(part) : part}`

/** With several parts each object says of which it is. */
function printJson(found: CatalogDocument, wanted: readonly Part[], isMixed: boolean): void {
  for (const part of wanted) {
    const items: readonly Item[] = found[part]
    for (const item of items)
      process.stdout.write(`${printableJson(isMixed ? { what: singular(part), ...item } : item)}\n`)
  }
}

const rowsOf: Readonly<Record<Part, (found: CatalogDocument) => readonly (readonly string[])[]>> = {
  events: ({ events }) =>
    events.map(({ type, version, kind, topic, summary }) => [type, version, kind, topic, summary]),
  commands: ({ commands }) =>
    commands.map(({ type, version, aggregate, summary }) => [type, version, '', aggregate, summary]),
  topics: ({ topics }) =>
    topics.map(({ name, events, summary }) => [name, '', '', counted(events.length, 'events'), summary]),
}

/** In columns as wide as what stands in them; one that is empty in every row is left out. */
function print(rows: readonly (readonly string[])[]): void {
  const lines = rows.map(cells => cells.map(printable))
  const widths = (lines[0] ?? []).map((_, at) => Math.max(...lines.map(line => line[at]?.length ?? 0)))
  for (const line of lines) {
    const cells = line.flatMap((cell, at) => {
      const width = widths[at] ?? 0
      return width === 0 ? [] : [cell.padEnd(width)]
    })
    process.stdout.write(`${cells.join('  ').trimEnd()}\n`)
  }
}
