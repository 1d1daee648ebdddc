import type { CatalogEntry, JsonObject, VersionedSchema } from 'keelson'

/** The schemas of all versions of an event, oldest first. */
export function versionsOf(entry: CatalogEntry): readonly VersionedSchema[] {
  return entry.versions.map(({ version, document, hash }) => ({
    version,
    document: document as JsonObject,
    ...(hash !== undefined && { hash }),
  }))
}

export function allVersions(
  entries: readonly CatalogEntry[],
): ReadonlyMap<string, readonly VersionedSchema[]> {
  return new Map(entries.map(entry => [entry.definition.type, versionsOf(entry)]))
}
