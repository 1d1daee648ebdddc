import type { JsonObject } from '../../../core/index.ts'
import { schemaHash } from '../../frozen/schema-document.ts'
import { listChanges } from './list-changes.ts'
import type { CompareSchemas, SchemaComparison } from './schema-change.ts'

export interface ChangelogEntry {
  readonly version: string
  readonly hash: string
  /** The version before; absent for the first. */
  readonly previous?: string
  /** Each a sentence. */
  readonly changes: readonly string[]
  /** How it stands to the version before, where there is a comparison. */
  readonly comparison?: SchemaComparison
}

export interface VersionedSchema {
  readonly version: string
  readonly document: JsonObject
  /** Where it is not that of the document. */
  readonly hash?: string
}

/**
 * What changed with each version, newest first. `versions` come oldest first; the words are those of `compare`, or
 * without one a plain list of members that came, went or changed.
 */
export function toChangelog(
  versions: readonly VersionedSchema[],
  compare?: CompareSchemas,
): readonly ChangelogEntry[] {
  return versions
    .map(({ version, document, hash = schemaHash(document) }, at) => {
      const previous = versions[at - 1]
      if (previous === undefined) return { version, hash, changes: ['First version.'] }
      const comparison = compare?.(previous.document, document)
      const said = comparison?.differences.map(difference => difference.message) ?? []
      const changes = said.length > 0 ? said : listChanges(previous.document, document)
      return {
        version,
        hash,
        previous: previous.version,
        changes,
        ...(comparison === undefined ? {} : { comparison }),
      }
    })
    .reverse()
}
