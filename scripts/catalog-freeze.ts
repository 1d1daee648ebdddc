import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { FrozenSchema } from 'keelson'
import {
  fieldNumbersHash,
  fieldNumbersId,
  readFieldNumbers,
  readFrozenSchemas,
  schemaFolder,
} from '../contexts/src/frozen-schemas.ts'
import { changedNumbers, fieldNumbers, judgeRelease } from './catalog/release.ts'

/**
 * Writes the schemas of versions that are new, and never touches one that is there: `npm run catalog:freeze`. With
 * `--check` it writes nothing and fails where something is to be written.
 */
const isCheck = process.argv.includes('--check')
const frozen = existsSync(join(schemaFolder, 'index.json')) ? readFrozenSchemas() : []
const { missing, faults: found } = judgeRelease(frozen)
const faults = [...found, ...changedNumbers()]
for (const { type, version, message } of faults) console.error(`${type} ${version} ${message}`)
for (const { type, version } of missing)
  console.log(`${type} ${version} is ${isCheck ? 'not frozen yet' : 'new'}`)
if (faults.length > 0 || (isCheck && missing.length > 0)) process.exit(1)
for (const schema of missing) write(join(folderOf(schema), `${schema.version}.json`), schema.document)
const hashes = new Map([...frozen, ...missing].map(({ document, hash }) => [String(document['$id']), hash]))
const changed = new Set(missing.filter(({ kind }) => kind === 'event').map(({ type }) => type))
for (const { type, numbers } of fieldNumbers(readFieldNumbers)) {
  if (changed.has(type)) write(join(schemaFolder, 'events', type, 'protobuf.json'), numbers)
  hashes.set(fieldNumbersId(type), fieldNumbersHash(type) ?? '')
}
if (missing.length > 0)
  write(
    join(schemaFolder, 'index.json'),
    Object.fromEntries([...hashes].sort(([a], [b]) => (a < b ? -1 : 1))),
  )
console.log(`${missing.length} new, ${frozen.length + missing.length} in all`)

function folderOf({ kind, type }: FrozenSchema): string {
  return join(schemaFolder, `${kind}s`, type)
}

function write(path: string, value: unknown): void {
  mkdirSync(join(path, '..'), { recursive: true })
  writeFileSync(path, `${JSON.stringify(value, null, 2)}\n`)
}
