import type { JsonObject } from '../../core/index.ts'
import type { DocumentVersion, EventDocument } from './catalog-document.ts'
import type { CompareSchemas, SchemaComparison } from './changelog/schema-change.ts'
import type { ChangelogEntry, VersionedSchema } from './changelog/to-changelog.ts'
import { toChangelog } from './changelog/to-changelog.ts'

/** How two neighbouring versions of an event stand to each other. */
export interface VersionPair extends SchemaComparison {
  readonly from: string
  readonly to: string
}

/** An event with everything about its versions. */
export interface EventDetailDocument extends Omit<EventDocument, 'versions'> {
  /** Oldest first. */
  readonly versions: readonly (DocumentVersion & { readonly document: JsonObject })[]
  /** Newest first. */
  readonly changelog: readonly Omit<ChangelogEntry, 'comparison'>[]
  /** One for each pair of neighbouring versions, oldest first. */
  readonly comparisons: readonly VersionPair[]
}

/** An event with the documents of its versions, oldest first, and how each stands to the one before. */
export function toEventDetail(
  event: EventDocument,
  versions: readonly VersionedSchema[],
  compare: CompareSchemas,
): EventDetailDocument {
  const changelog = toChangelog(versions, compare)
  const documents = new Map(versions.map(({ version, document }) => [version, document]))
  return {
    ...event,
    versions: event.versions.map(({ version, hash }) => ({
      version,
      hash,
      document: documents.get(version) ?? event.schema,
    })),
    changelog: changelog.map(({ comparison: _, ...entry }) => entry),
    comparisons: changelog.flatMap(toPair).reverse(),
  }
}

function toPair({ version, previous, comparison }: ChangelogEntry): VersionPair[] {
  if (previous === undefined || comparison === undefined) return []
  return [{ from: previous, to: version, ...comparison }]
}
