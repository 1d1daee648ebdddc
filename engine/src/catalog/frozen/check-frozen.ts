import type { JsonObject } from '../../core/index.ts'
import type { FrozenSchema } from './frozen-schema.ts'
import { byType, compareVersions } from './frozen-schema.ts'
import type { Definition } from './schema-document.ts'
import { kindOf, schemaHash, toSchemaDocument } from './schema-document.ts'

/** What stands in the way of a release, and what to do about it. */
export interface FrozenFault {
  readonly type: string
  readonly version: string
  readonly message: string
}

/** Says in words why data of one version is not understood by the other; nothing where both read each other's. */
export type ComparePair = (older: JsonObject, newer: JsonObject) => readonly string[]

/** What is new and may be frozen, and what is wrong. */
export interface FrozenReport {
  readonly missing: readonly FrozenSchema[]
  readonly faults: readonly FrozenFault[]
}

/**
 * Holds definitions against the frozen schemas: a version that is frozen never changes; a new one follows the newest
 * by one minor, or begins a new name; and every version of a name reads and is read by every other, as `compare` sees
 * it.
 */
export function checkFrozen(
  definitions: readonly Definition[],
  frozen: readonly FrozenSchema[],
  compare: ComparePair,
): FrozenReport {
  const known = byType(frozen)
  const missing: FrozenSchema[] = []
  const faults: FrozenFault[] = []
  for (const definition of definitions) {
    const versions = known.get(`${kindOf(definition)} ${definition.type}`) ?? []
    const own = ownSchema(definition)
    const problems = judge(own, versions, compare)
    faults.push(...problems.map(message => ({ type: own.type, version: own.version, message })))
    if (!versions.some(version => version.version === own.version)) missing.push(own)
  }
  faults.push(...damaged(frozen), ...orphans(definitions, frozen))
  return { missing, faults }
}

function ownSchema(definition: Definition): FrozenSchema {
  const document = toSchemaDocument(definition)
  const { type, version } = definition
  return { kind: kindOf(definition), type, version, hash: schemaHash(document), document }
}

function judge(own: FrozenSchema, versions: readonly FrozenSchema[], compare: ComparePair): string[] {
  const newest = versions.at(-1)
  const same = versions.find(version => version.version === own.version)
  if (same !== undefined && same !== newest)
    return [`goes backwards: version ${newest?.version} is frozen already`]
  if (same !== undefined) {
    if (same.hash === own.hash) return []
    return [
      `differs from its frozen schema: give it version ${nextMinor(own.version)}, or take the change back`,
    ]
  }
  if (newest === undefined) return own.version.endsWith('.0') ? [] : ['must begin with minor 0']
  if (own.version !== nextMinor(newest.version)) {
    return compareVersions(own.version, newest.version) < 0
      ? [`goes backwards: version ${newest.version} is frozen already`]
      : [`must be version ${nextMinor(newest.version)}: ${newest.version} is the newest that is frozen`]
  }
  return versions.flatMap(older =>
    compare(older.document, own.document).map(why => `is not compatible with ${older.version}: ${why}`),
  )
}

const nextMinor = (version: string): string => {
  const [major, minor] = version.split('.')
  return `${major}.${Number(minor) + 1}`
}

function damaged(frozen: readonly FrozenSchema[]): FrozenFault[] {
  return frozen
    .filter(schema => schemaHash(schema.document) !== schema.hash)
    .map(({ type, version }) => ({
      type,
      version,
      message: 'has a frozen schema that was changed: restore the file, it is not what was published',
    }))
}

function orphans(definitions: readonly Definition[], frozen: readonly FrozenSchema[]): FrozenFault[] {
  const defined = new Set(definitions.map(definition => `${kindOf(definition)} ${definition.type}`))
  return [...byType(frozen)]
    .filter(([key]) => !defined.has(key))
    .map(([, versions]) => versions.at(-1) as FrozenSchema)
    .map(({ type, version }) => ({
      type,
      version,
      message: 'is frozen and not defined any more: keep the definition and mark it deprecated',
    }))
}
