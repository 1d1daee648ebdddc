import type { CatalogDocument, EventDetailDocument, EventDocument, VersionedSchema } from 'keelson'
import { nearestNames, toCatalogDocument } from 'keelson'
import { allVersions, builtInCatalog, builtInContexts } from '../../catalog/index.ts'
import { call } from '../client.ts'
import type { Connection } from '../connection.ts'
import { CommandFailure, exitCodes } from '../exit-code.ts'

/** A catalogue, and the schemas of all versions of its events. */
export interface CatalogSource {
  /** Whether it is a server's, with what the tenant registered. */
  readonly isLive: boolean
  readonly document: CatalogDocument
  versionsOf(event: EventDocument): Promise<readonly VersionedSchema[]>
  allVersions(): Promise<ReadonlyMap<string, readonly VersionedSchema[]>>
}

/** The catalogue that this version of Keelson comes with; nothing is asked of a server. */
export function offlineSource(): CatalogSource {
  const catalog = builtInCatalog()
  const versions = allVersions(catalog.entries)
  return {
    isLive: false,
    document: toCatalogDocument(catalog, { contexts: builtInContexts }),
    versionsOf: async ({ type }) => versions.get(type) ?? [],
    allVersions: async () => versions,
  }
}

/** The catalogue as a server has it, with the types that the tenant registered. */
export async function liveSource(connection: Connection): Promise<CatalogSource> {
  const document = (await (await call(connection, '/v1/catalog')).json()) as CatalogDocument
  const versionsOf = async (event: EventDocument): Promise<readonly VersionedSchema[]> => {
    if (event.versions.length < 2) return [{ version: event.version, document: event.schema }]
    const answer = await call(connection, `/v1/catalog/events/${encodeURIComponent(event.type)}`)
    return ((await answer.json()) as EventDetailDocument).versions
  }
  return {
    isLive: true,
    document,
    versionsOf,
    async allVersions() {
      const all = new Map<string, readonly VersionedSchema[]>()
      for (const event of document.events) all.set(event.type, await versionsOf(event))
      return all
    },
  }
}

/** @throws CommandFailure with exit code 3 and the nearest names where there is no such event. */
export function findEvent(source: CatalogSource, type: string): EventDocument {
  const { document } = source
  const event = document.events.find(one => one.type === type)
  if (event !== undefined) return event
  const known = document.events.map(one => one.type)
  throw unknown(source, 'event type', type, known, 'keelson catalog list')
}

/** `lister` is the command that shows what there is. */
export function unknown(
  source: CatalogSource,
  what: string,
  name: string,
  known: readonly string[],
  lister: string,
): CommandFailure {
  const nearest = nearestNames(name, known)
  const hint = nearest.length > 0 ? `did you mean ${nearest.join(', ')}?` : `${lister} shows them`
  return new CommandFailure(`There is no ${what} "${name}": ${hint}${elsewhere(source)}`, exitCodes.notFound)
}

/** Where else a name may be that is not in this catalogue. */
export const elsewhere = ({ isLive }: CatalogSource): string =>
  isLive ? '' : '\nWhat a tenant registered itself is shown with --live.'
