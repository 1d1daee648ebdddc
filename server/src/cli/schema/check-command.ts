import { existsSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { CompatibilityMode, JsonObject, Verdict } from 'keelson'
import {
  checkCompatibility,
  checkSchema,
  compatibilityModes,
  isJsonObject,
  KeelsonError,
  schemaLimits,
} from 'keelson'
import { printable, printableJson } from '../event-line.ts'
import { CommandFailure, exitCodes } from '../exit-code.ts'
import { differenceLines, exampleLines } from './comparison-text.ts'
import { parseJsonFile, readTextFile } from './read-json-file.ts'

export interface CheckFlags {
  readonly mode: string
  readonly strict?: boolean
  readonly json?: boolean
}

const modes = compatibilityModes
  .filter(mode => mode !== 'none')
  .map(mode => `"${mode}"`)
  .join(', ')

interface SchemaFile {
  readonly path: string
  readonly schema: JsonObject | boolean
}

/**
 * Compares a schema with those before it, the oldest first; a folder stands for its `.json` files in the order of their
 * numbers. Exit code 0 where it is compatible, 1 where it is not, 2 where a file is not a
 * schema, or one that a registry would refuse.
 */
export function checkSchemas(paths: readonly string[], flags: CheckFlags): void {
  const { mode } = flags
  if (mode === 'none') throw usage(`The mode "none" compares nothing: name one of ${modes}`)
  if (!compatibilityModes.some(known => known === mode))
    throw usage(`There is no mode "${mode}": name one of ${modes}`)
  const last = paths.at(-1)
  if (last === undefined || paths.length < 2) throw usage('Name the older schemas, and then the new one')
  const older = paths.slice(0, -1).flatMap(path => filesOf(path).map(readSchema))
  const next = readSchema(last)
  const newestFirst = older.toReversed()
  const verdict = compare(newestFirst, next, mode as CompatibilityMode, flags.strict === true)
  const named = verdict.comparisons.map(one => ({ ...one, against: newestFirst[one.against]?.path ?? '' }))
  process.stdout.write(
    flags.json ? `${printableJson({ ...verdict, comparisons: named })}\n` : text(verdict, newestFirst, last),
  )
  if (!verdict.isCompatible)
    throw new CommandFailure(
      `${last} is ${verdict.verdict === 'incompatible' ? 'not' : 'not proved to be'} compatible`,
    )
}

function compare(
  older: readonly SchemaFile[],
  next: SchemaFile,
  mode: CompatibilityMode,
  strict: boolean,
): Verdict {
  try {
    return checkCompatibility(
      older.map(one => one.schema),
      next.schema,
      { mode, strict },
    )
  } catch (error) {
    throw explain(error, [...older, next])
  }
}

/** Which of the files cannot be compared, though it is a schema. */
function explain(error: unknown, files: readonly SchemaFile[]): unknown {
  if (!(error instanceof KeelsonError) || error.code !== 'schema_invalid') return error
  const culprit = files.find(({ schema }) => !isReadable(schema))
  return usage(culprit === undefined ? error.message : `${culprit.path} is not a schema: ${error.message}`)
}

function isReadable(schema: SchemaFile['schema']): boolean {
  try {
    checkCompatibility([schema], schema, { mode: 'backward' })
    return true
  } catch {
    return false
  }
}

function filesOf(path: string): string[] {
  if (!existsSync(path) || !statSync(path).isDirectory()) return [path]
  const names = readdirSync(path).filter(name => name.endsWith('.json'))
  if (names.length === 0) throw usage(`The folder ${path} has no .json file`)
  const order = new Intl.Collator('en', { numeric: true })
  return names.sort(order.compare).map(name => join(path, name))
}

/** A schema that a registry would take too, without those that it may refer to by name there. */
function readSchema(path: string): SchemaFile {
  const text = readTextFile(path, schemaLimits.bytes)
  const schema = parseJsonFile(path, text)
  if (typeof schema !== 'boolean' && !isJsonObject(schema))
    throw usage(`${path} is not a schema: it is neither an object nor true or false`)
  try {
    checkSchema(text)
  } catch (error) {
    throw error instanceof KeelsonError && error.code === 'schema_invalid' ? refusal(path, error) : error
  }
  return { path, schema }
}

function refusal(path: string, { message, details }: KeelsonError): CommandFailure {
  const faults = (details.faults ?? []).map(fault =>
    printable(`${fault.pointer || 'the schema'} ${fault.message}${fault.hint ? `: ${fault.hint}` : ''}`),
  )
  if (faults.length <= 1) return usage(`${path} is not a schema: ${faults[0] ?? message}`)
  return usage([`${path} is not a schema:`, ...faults.map(fault => `  ${fault}`)].join('\n'))
}

const directions = { backward: 'reads what was written with', forward: 'writes what is read with' } as const

function text({ verdict, mode, comparisons }: Verdict, older: readonly SchemaFile[], next: string): string {
  const parts = comparisons.map(one => {
    return [
      `${next} ${directions[one.direction]} ${older[one.against]?.path}: ${one.verdict}`,
      ...differenceLines(one.differences),
      ...exampleLines(one.counterExample),
    ]
  })
  return `${[...parts.flat(), `${mode}: ${verdict}`].map(printable).join('\n')}\n`
}

const usage = (message: string): CommandFailure => new CommandFailure(message, exitCodes.usage)
