import type { CatalogEntry, Platform, RecordedEvent } from 'keelson'
import { KeelsonError, nearestNames, readAs } from 'keelson'
import type { View } from '../api/event-item.ts'
import { toEventItem, toListItem } from '../api/event-item.ts'
import type { EventItem } from '../api/types.ts'
import type { QueryReader } from './query.ts'

const form = /^[A-Za-z][A-Za-z0-9._:/-]{0,127}(@\d{1,4}(\.\d{1,4})?)?$/

/**
 * The versions in which a caller wants its events, as the parameter `accepts` names them. What nobody defined is a
 * fault: it would be passed over in silence.
 */
export async function acceptsOf(
  query: QueryReader,
  platform: Platform,
  tenantId: string,
): Promise<readonly string[]> {
  const names =
    query.list('accepts', name =>
      form.test(name)
        ? undefined
        : 'must be like SubscriptionActivated@1.0, SubscriptionActivated@1 or SubscriptionActivated',
    ) ?? []
  const types = names.map(name => splitName(name).type)
  const found = await Promise.all(types.map(type => findType(platform, tenantId, type)))
  for (const [at, name] of names.entries()) {
    const fault = faultOf(name, found[at], () => namesSeen(platform, tenantId))
    if (fault === undefined) continue
    query.fault('accepts', fault)
    // Looking for the nearest of many names takes time: the first is enough.
    break
  }
  return names
}

/** A type of the catalogue, or one that was registered: by the tenant, or by the platform. */
export async function findType(
  { catalog, registry }: Platform,
  tenantId: string,
  type: string,
): Promise<CatalogEntry | undefined> {
  const builtIn = catalog.get(type)
  if (builtIn !== undefined) return builtIn
  await registry.load(tenantId)
  const known = registry.ownTypes(tenantId).get(type)
  if (known !== undefined) return known
  // Another process may have registered it a moment ago.
  await registry.load(tenantId, { isFresh: true })
  return registry.ownTypes(tenantId).get(type)
}

function faultOf(
  name: string,
  entry: CatalogEntry | undefined,
  known: () => readonly string[],
): string | undefined {
  const { type, version } = splitName(name)
  if (entry === undefined) {
    const nearest = nearestNames(type, known())
    const hint =
      nearest.length > 0 ? `did you mean ${nearest.join(', ')}?` : 'GET /v1/catalog lists the known types'
    return `names the type ${type}, which nobody defined: ${hint}`
  }
  const versions = entry.versions.map(one => one.version)
  const isThere =
    version === '' ||
    versions.some(one => one === version || one.slice(0, version.length + 1) === `${version}.`)
  return isThere
    ? undefined
    : `names ${name}, but ${type} has no such version; there are ${versions.join(', ')}`
}

const namesSeen = ({ catalog, registry }: Platform, tenantId: string): readonly string[] => [
  ...catalog.entries.map(({ definition }) => definition.type),
  ...registry.ownTypes(tenantId).names,
]

function splitName(name: string): { readonly type: string; readonly version: string } {
  const [type = '', version = ''] = name.split('@')
  return { type, version }
}

/** The event in a version that is accepted, of the catalogue's types and of its tenant's own. */
export function readAccepted(
  event: RecordedEvent,
  { catalog, registry }: Platform,
  accepts: readonly string[],
): RecordedEvent {
  return readAs(event, catalog, accepts, registry.ownTypes(event.tenantId))
}

/** Among several events one that cannot be cast comes as it is stored, with the reason: the others are not held up. */
export function toAcceptedItem(
  event: RecordedEvent,
  view: View,
  platform: Platform,
  accepts: readonly string[],
): EventItem {
  if (accepts.length === 0) return toListItem(event, view)
  try {
    return toListItem(readAccepted(event, platform, accepts), view)
  } catch (error) {
    if (!(error instanceof KeelsonError)) throw error
    return { ...toEventItem(event, view), unreadable: { code: error.code, detail: error.message } }
  }
}
