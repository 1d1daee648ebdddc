import { existsSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { JsonValue, VersionedSchema } from 'keelson'
import { isJsonObject } from 'keelson'
import { CommandFailure, exitCodes } from '../exit-code.ts'
import { readJsonFile } from '../schema/read-json-file.ts'

const versionFile = /^(\d+)\.(\d+)\.json$/

/** The newest schema of each event in an exported catalogue: a JSON file, or a folder of JSON Schemas. */
export function readExported(path: string): ReadonlyMap<string, VersionedSchema> {
  if (!existsSync(path)) throw new CommandFailure(`There is no file or folder ${path}`, exitCodes.usage)
  return statSync(path).isDirectory() ? readFolder(path) : readFile(path)
}

function readFile(path: string): ReadonlyMap<string, VersionedSchema> {
  const document = readJsonFile(path)
  const events = isJsonObject(document) ? document['events'] : undefined
  if (!Array.isArray(events) || !events.every(isEvent))
    throw new CommandFailure(
      `${path} is no catalogue as "keelson catalog export --format json" writes it`,
      exitCodes.usage,
    )
  return new Map(events.map(({ type, version, schema }) => [type, { version, document: schema }]))
}

interface ExportedEvent {
  readonly type: string
  readonly version: string
  readonly schema: VersionedSchema['document']
}

function isEvent(value: JsonValue): value is JsonValue & ExportedEvent {
  if (!isJsonObject(value)) return false
  return (
    typeof value['type'] === 'string' && typeof value['version'] === 'string' && isJsonObject(value['schema'])
  )
}

/** `events/TYPE/VERSION.json`, of which the newest version counts. */
function readFolder(path: string): ReadonlyMap<string, VersionedSchema> {
  const folder = existsSync(join(path, 'events')) ? join(path, 'events') : path
  const found = new Map<string, VersionedSchema>()
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (!entry.isDirectory()) continue
    const [newest] = readdirSync(join(folder, entry.name))
      .filter(name => versionFile.test(name))
      .sort((a, b) => rank(b) - rank(a))
    if (newest === undefined) continue
    const document = readJsonFile(join(folder, entry.name, newest))
    if (isJsonObject(document)) found.set(entry.name, { version: newest.replace('.json', ''), document })
  }
  if (found.size === 0)
    throw new CommandFailure(`${path} has no schemas as events/TYPE/VERSION.json`, exitCodes.usage)
  return found
}

function rank(name: string): number {
  const [, major, minor] = versionFile.exec(name) ?? []
  return Number(major) * 10_000 + Number(minor)
}
