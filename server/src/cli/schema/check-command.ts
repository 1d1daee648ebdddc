import { existsSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { CompatibilityMode, JsonObject, Verdict, VersionComparison } from 'keelson'
import { checkCompatibility, compatibilityModes, isJsonObject, KeelsonError } from 'keelson'
import { printable, printableJson } from '../event-line.ts'
import { CommandFailure, exitCodes } from '../exit-code.ts'
import { readJsonFile } from './read-json-file.ts'

export interface CheckFlags {
  readonly mode: string
  readonly strict?: boolean
  readonly json?: boolean
}

interface SchemaFile {
  readonly path: string
  readonly schema: JsonObject | boolean
}

/**
 * Compares a schema with those before it, the oldest first; a folder stands for its `.json` files in the order of their
 * numbers. Exit code 0 where it is compatible, 1 where it is not, 2 where a file is not a schema.
 */
export function checkSchemas(paths: readonly string[], flags: CheckFlags): void {
  const { mode } = flags
  if (!compatibilityModes.some(known => known === mode))
    throw usage(`There is no mode "${mode}"; there are ${compatibilityModes.join(', ')}`)
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

/** Which of the files is no schema. */
function explain(error: unknown, files: readonly SchemaFile[]): unknown {
  if (!(error instanceof KeelsonError) || error.code !== 'schema_invalid') return error
  const culprit = files.find(({ schema }) => !isReadable(schema))
  return usage(`${culprit === undefined ? '' : `${culprit.path} is not a schema: `}${error.message}`)
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

function readSchema(path: string): SchemaFile {
  const schema = readJsonFile(path)
  if (typeof schema === 'boolean' || isJsonObject(schema)) return { path, schema }
  throw usage(`${path} is not a schema: it is neither an object nor true or false`)
}

const directions = { backward: 'reads what was written with', forward: 'writes what is read with' } as const

function text({ verdict, mode, comparisons }: Verdict, older: readonly SchemaFile[], next: string): string {
  const parts = comparisons.map(one => {
    const lines = one.differences.map(
      ({ isBreaking, message }) => `  ${isBreaking ? 'breaks' : '      '}  ${message}`,
    )
    return [
      `${next} ${directions[one.direction]} ${older[one.against]?.path}: ${one.verdict}`,
      ...lines,
      ...example(one),
    ]
  })
  return `${[...parts.flat(), `${mode}: ${verdict}`].map(printable).join('\n')}\n`
}

function example({ counterExample }: VersionComparison): string[] {
  if (counterExample === undefined) return []
  const faults = counterExample.faults.map(({ pointer, message }) => `    ${pointer} ${message}`)
  return [`  for example ${JSON.stringify(counterExample.value)}`, ...faults]
}

const usage = (message: string): CommandFailure => new CommandFailure(message, exitCodes.usage)
