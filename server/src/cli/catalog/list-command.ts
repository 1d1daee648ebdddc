import { filterDocument } from '../../catalog/index.ts'
import { printable, printableJson } from '../event-line.ts'
import { CommandFailure, exitCodes } from '../exit-code.ts'
import type { CatalogSource } from './catalog-source.ts'

export interface ListFlags {
  readonly kind?: string
  readonly topic?: string
  readonly context?: string
  readonly search?: string
  readonly json?: boolean
}

const kinds = ['domain', 'integration', 'system']

/** Prints the events that a filter leaves, one a line. */
export function listCatalog({ document }: CatalogSource, flags: ListFlags): void {
  const { kind, topic, context, search, json } = flags
  if (kind !== undefined && !kinds.includes(kind))
    throw new CommandFailure(`--kind takes ${kinds.join(', ')}`, exitCodes.usage)
  const { events } = filterDocument(document, { kind, topic, context, q: search })
  const widths = [
    Math.max(...events.map(event => event.type.length)),
    Math.max(...events.map(event => event.topic.length)),
  ] as const
  for (const event of events) {
    const { type, version, summary } = event
    process.stdout.write(
      json
        ? `${printableJson(event)}\n`
        : `${printable(type.padEnd(widths[0]))}  ${version.padEnd(4)}  ${event.kind.padEnd(11)}  ${printable(event.topic.padEnd(widths[1]))}  ${printable(summary)}\n`,
    )
  }
  if (events.length === 0 && !json) process.stderr.write('No event type matches.\n')
}
