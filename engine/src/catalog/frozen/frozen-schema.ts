import type { JsonObject } from '../../core/index.ts'
import { isJsonObject } from '../../core/index.ts'
import type { SchemaKind } from './schema-document.ts'

/** One version of one type as it was published: it never changes again. */
export interface FrozenSchema {
  readonly kind: SchemaKind
  readonly type: string
  readonly version: string
  /** SHA-256 of the document's canonical JSON, hexadecimal. */
  readonly hash: string
  readonly document: JsonObject
}

/** Two versions by their numbers: negative where the first is the older. */
export function compareVersions(a: string, b: string): number {
  const [majorA, minorA] = numbers(a)
  const [majorB, minorB] = numbers(b)
  return majorA - majorB || minorA - minorB
}

/** The versions of each type, oldest first. */
export function byType(frozen: readonly FrozenSchema[]): ReadonlyMap<string, readonly FrozenSchema[]> {
  const types = new Map<string, FrozenSchema[]>()
  for (const schema of frozen) {
    const key = `${schema.kind} ${schema.type}`
    types.set(key, [...(types.get(key) ?? []), schema])
  }
  for (const versions of types.values()) versions.sort((a, b) => compareVersions(a.version, b.version))
  return types
}

/** The frozen schema that a file holds, as its own `$id` names it. @throws TypeError where it is none. */
export function toFrozenSchema(document: unknown, hash: string): FrozenSchema {
  const id = isJsonObject(document as JsonObject) ? (document as JsonObject)['$id'] : undefined
  const parts = typeof id === 'string' ? /^urn:keelson:(event|command):(\w+):(\d+\.\d+)$/.exec(id) : null
  if (parts === null) throw new TypeError(`No frozen schema has the $id ${JSON.stringify(id)}`)
  const [, kind, type, version] = parts as unknown as [string, SchemaKind, string, string]
  return { kind, type, version, hash, document: document as JsonObject }
}

function numbers(version: string): [number, number] {
  const [major, minor] = version.split('.')
  return [Number(major), Number(minor)]
}
