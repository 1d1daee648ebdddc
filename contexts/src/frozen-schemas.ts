import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { FrozenSchema, JsonObject, JsonValue } from 'keelson'
import { parseJson, schemaHash, toFrozenSchema } from 'keelson'

/** Where the frozen schemas lie: `events/TYPE/VERSION.json`, `commands/TYPE/VERSION.json` and `index.json`. */
export const schemaFolder = fileURLToPath(new URL('../schemas/', import.meta.url))

/**
 * Every version of every event and command as it was published. The hashes come from `index.json`, not from the
 * files, so that a file that was changed is found.
 *
 * @throws where a file is missing or no schema.
 */
export function readFrozenSchemas(folder = schemaFolder): readonly FrozenSchema[] {
  const hashes = readJson(join(folder, 'index.json')) as Record<string, string>
  return ['events', 'commands'].flatMap(kind => {
    const names = readdirSync(join(folder, kind)).sort()
    return names.flatMap(name => readType(join(folder, kind, name), hashes))
  })
}

/** All versions but the newest of each type: what a running platform needs, for the newest are the definitions. */
export function readOlderSchemas(folder = schemaFolder): readonly FrozenSchema[] {
  const hashes = readJson(join(folder, 'index.json')) as Record<string, string>
  return ['events', 'commands'].flatMap(kind =>
    readdirSync(join(folder, kind)).flatMap(name => {
      const type = join(folder, kind, name)
      // Most have one version, and then nothing is read.
      if (versionFiles(type).length < 2) return []
      return readType(type, hashes)
        .sort((a, b) => Number(a.version.split('.')[1]) - Number(b.version.split('.')[1]))
        .slice(0, -1)
    }),
  )
}

/** Field numbers of the type's Protocol Buffers message; undefined where none were given out yet. */
export function readFieldNumbers(type: string, folder = schemaFolder): JsonValue | undefined {
  const path = join(folder, 'events', type, 'protobuf.json')
  try {
    return readJson(path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

/** Under what the hash of a type's field numbers stands in `index.json`. */
export const fieldNumbersId = (type: string): string => `urn:keelson:event:${type}:protobuf`

/** SHA-256 of the field numbers' canonical JSON, as the file has them now; undefined where there is none. */
export function fieldNumbersHash(type: string, folder = schemaFolder): string | undefined {
  const numbers = readFieldNumbers(type, folder)
  return numbers === undefined ? undefined : schemaHash(numbers as JsonObject)
}

/** The hash that the field numbers had when they were given out; undefined where none were. */
export function frozenNumbersHash(type: string, folder = schemaFolder): string | undefined {
  return (readJson(join(folder, 'index.json')) as Record<string, string>)[fieldNumbersId(type)]
}

const versionFiles = (folder: string): readonly string[] =>
  readdirSync(folder).filter(name => /^\d+\.\d+\.json$/.test(name))

function readType(folder: string, hashes: Record<string, string>): FrozenSchema[] {
  return versionFiles(folder).map(name => {
    const document = readJson(join(folder, name)) as JsonObject
    return toFrozenSchema(document, hashes[String(document['$id'])] ?? 'not in index.json')
  })
}

function readJson(path: string): JsonValue {
  return parseJson(readFileSync(path, 'utf8'))
}
