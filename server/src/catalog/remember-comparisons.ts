import { setImmediate as turn } from 'node:timers/promises'
import type { CompareSchemas, SchemaComparison, VersionedSchema } from 'keelson'
import { schemaHash } from 'keelson'

/**
 * Remembers the last comparisons by the content of both schemas: odd ones take a good part of a second, and the answer
 * never changes.
 */
export function rememberComparisons(compare: CompareSchemas, most = 2_000): CompareSchemas {
  const known = new Map<string, SchemaComparison>()
  return (older, newer) => {
    const key = `${schemaHash(older)} ${schemaHash(newer)}`
    const comparison = known.get(key) ?? compare(older, newer)
    // The newest stand at the end, so the first is the one that was not asked for longest.
    known.delete(key)
    known.set(key, comparison)
    const [oldest] = known.keys()
    if (known.size > most && oldest !== undefined) known.delete(oldest)
    return comparison
  }
}

/** Compares each version with the one before, and lets others have their turn between. */
export async function comparePairs(
  versions: readonly VersionedSchema[],
  compare: CompareSchemas,
): Promise<void> {
  for (const [at, { document }] of versions.entries()) {
    const previous = versions[at - 1]
    if (previous === undefined) continue
    compare(previous.document, document)
    await turn()
  }
}
