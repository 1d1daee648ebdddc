import type { Direction, EventDocument, SchemaComparison, VersionedSchema } from 'keelson'
import { compareBothWays } from 'keelson'
import { printable, printableJson } from '../event-line.ts'
import { CommandFailure, exitCodes } from '../exit-code.ts'
import { differenceLines, exampleLines } from '../schema/comparison-text.ts'
import type { CatalogSource } from './catalog-source.ts'
import { findEvent } from './catalog-source.ts'
import { readExported } from './read-exported.ts'

export interface DiffFlags {
  readonly against?: string
  readonly json?: boolean
}

/** What became of one event type between two catalogues, or two of its versions. */
interface TypeDiff extends Partial<SchemaComparison> {
  readonly type: string
  readonly from: string | null
  readonly to: string | null
  readonly verdict: SchemaComparison['verdict']
}

/** Prints what differs; exit code 1 where something is not compatible. */
export async function diffCatalog(
  source: CatalogSource,
  type: string | undefined,
  from: string | undefined,
  to: string | undefined,
  flags: DiffFlags,
): Promise<void> {
  if (type === undefined && flags.against === undefined)
    throw new CommandFailure('Name an event type, or a catalogue with --against', exitCodes.usage)
  const diffs =
    flags.against === undefined
      ? [await diffVersions(source, type as string, from, to)]
      : diffAgainst(source, type, flags.against)
  for (const diff of diffs) process.stdout.write(`${flags.json ? printableJson(diff) : text(diff)}\n`)
  if (diffs.length === 0 && !flags.json) process.stderr.write('Nothing differs.\n')
  const bad = diffs.filter(diff => diff.verdict !== 'compatible')
  if (bad.length === 0) return
  throw new CommandFailure(`Not compatible: ${bad.map(diff => diff.type).join(', ')}`, exitCodes.failed)
}

async function diffVersions(
  source: CatalogSource,
  type: string,
  from: string | undefined,
  to: string | undefined,
): Promise<TypeDiff> {
  const event = findEvent(source, type)
  const versions = await source.versionsOf(event)
  const newer = to === undefined ? versions.at(-1) : find(versions, type, to)
  const older = from === undefined ? versions.at(-2) : find(versions, type, from)
  if (older === undefined || newer === undefined)
    throw new CommandFailure(`${type} has one version only, ${event.version}`, exitCodes.usage)
  return {
    type,
    from: older.version,
    to: newer.version,
    ...compareBothWays(older.document, newer.document),
  }
}

function find(versions: readonly VersionedSchema[], type: string, wanted: string): VersionedSchema {
  const found = versions.find(one => one.version === wanted)
  if (found !== undefined) return found
  const known = versions.map(one => one.version).join(', ')
  throw new CommandFailure(`${type} has no version "${wanted}"; there are ${known}`, exitCodes.notFound)
}

/** What differs from a catalogue that was exported before: a JSON file, or a folder of JSON Schemas. */
function diffAgainst(source: CatalogSource, type: string | undefined, path: string): TypeDiff[] {
  const before = readExported(path)
  const after = new Map(source.document.events.map(event => [event.type, event]))
  const types = type === undefined ? [...new Set([...before.keys(), ...after.keys()])].sort() : [type]
  if (type !== undefined && !before.has(type)) findEvent(source, type)
  return types.flatMap(name => diffType(name, before.get(name), after.get(name)))
}

function diffType(
  type: string,
  before: VersionedSchema | undefined,
  after: EventDocument | undefined,
): TypeDiff[] {
  if (before === undefined) return [{ type, from: null, to: after?.version ?? null, verdict: 'compatible' }]
  if (after === undefined) return [{ type, from: before.version, to: null, verdict: 'incompatible' }]
  const comparison = compareBothWays(before.document, after.schema)
  if (before.version === after.version && comparison.differences.length === 0) return []
  return [{ type, from: before.version, to: after.version, ...comparison }]
}

function text({ type, from, to, verdict, differences = [], counterExample }: TypeDiff): string {
  if (from === null) return `${type} ${to}: new`
  if (to === null) return `${type} ${from}: gone, and readers of it are left without`
  const lines = [
    `${type} ${from} to ${to}: ${verdict}`,
    ...differenceLines(differences),
    ...exampleLines(counterExample, counterExample && directionOf(counterExample.direction, from, to)),
  ]
  return lines.map(printable).join('\n')
}

/** Who writes what who else refuses; where both are of one number, the older is the one that was exported. */
function directionOf(direction: Direction, from: string, to: string): string {
  const [older, newer] = from === to ? [`${from} as exported`, `${to} as it is`] : [from, to]
  return direction === 'backward'
    ? `, written with ${older}, which ${newer} refuses:`
    : `, written with ${newer}, which ${older} refuses:`
}
