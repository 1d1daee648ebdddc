import type { FastifyRequest } from 'fastify'
import type { CatalogDocument, CatalogEntry, EventDocument } from 'keelson'
import { KeelsonError, nearestNames, toCatalogDocument } from 'keelson'
import { builtInContexts } from '../catalog/index.ts'
import { readerOf } from './access.ts'
import type { TaggedBody } from './etag.ts'
import type { RegisteredTypes } from './own-types.ts'
import { registeredTypes } from './own-types.ts'
import type { ServerContext } from './server-context.ts'

/** What one tenant sees of the catalogue: the platform's types, and its own. */
export interface CatalogView {
  readonly document: CatalogDocument
  readonly entries: readonly CatalogEntry[]
  /** Answers by what was asked for; only things that are in the catalogue have one, so it stays as small. */
  readonly bodies: Map<string, TaggedBody>
}

/** Tenants with types of their own whose views are kept. */
const keptViews = 20
/** Characters of answers that a view keeps; what goes beyond is made anew each time. */
const keptText = 4 * 1024 * 1024

/** Where nothing was registered, all tenants share one view; the others have their own until something changes. */
export function createViews(server: ServerContext): (request: FastifyRequest) => Promise<CatalogView> {
  const known = new Map<string, { readonly registered: RegisteredTypes; readonly view: CatalogView }>()
  return async request => {
    const tenant = await readerOf(request, server.directory)
    const registered = await registeredTypes(server, tenant.id)
    const key = registered.own.length === 0 ? '' : tenant.id
    const kept = known.get(key)
    const view =
      kept !== undefined && isSame(kept.registered, registered) ? kept.view : toView(server, registered)
    known.delete(key)
    known.set(key, { registered, view })
    const [oldest] = known.keys()
    if (known.size > keptViews && oldest !== undefined) known.delete(oldest)
    return view
  }
}

/** An entry is made anew whenever something about its type changes. */
function isSame(a: RegisteredTypes, b: RegisteredTypes): boolean {
  const before = [...a.own, ...a.shared]
  const after = [...b.own, ...b.shared]
  return (
    a.own.length === b.own.length &&
    before.length === after.length &&
    before.every((entry, at) => entry === after[at])
  )
}

function toView(server: ServerContext, { own, shared }: RegisteredTypes): CatalogView {
  const { catalog } = server.platform
  const entries = [...catalog.entries, ...shared]
  return {
    document: toCatalogDocument({ ...catalog, entries }, { contexts: builtInContexts, own }),
    entries: [...entries, ...own],
    bodies: new Map(),
  }
}

export function bodyOf({ bodies }: CatalogView, name: string, make: () => TaggedBody): TaggedBody {
  const known = bodies.get(name)
  if (known !== undefined) return known
  const body = make()
  let size = body.text.length
  for (const { text } of bodies.values()) size += text.length
  if (size <= keptText) bodies.set(name, body)
  return body
}

/** @throws KeelsonError `not_found` with the nearest names. */
export function findEvent(
  { document, entries }: CatalogView,
  type: string,
): { readonly event: EventDocument; readonly entry: CatalogEntry } {
  const event = document.events.find(one => one.type === type)
  const entry = entries.find(one => one.definition.type === type)
  if (event !== undefined && entry !== undefined) return { event, entry }
  throw unknownName(
    'event type',
    type,
    document.events.map(one => one.type),
  )
}

export function unknownName(what: string, name: string, known: readonly string[]): KeelsonError {
  const nearest = nearestNames(name, known)
  const hint =
    nearest.length > 0 ? `did you mean ${nearest.join(', ')}?` : 'GET /v1/catalog lists what there is'
  return new KeelsonError('not_found', `There is no ${what} "${name.slice(0, 100)}": ${hint}`, { nearest })
}

export function unknownVersion(event: EventDocument, version: string): KeelsonError {
  const known = event.versions.map(one => one.version)
  return new KeelsonError(
    'not_found',
    `${event.type} has no version "${version.slice(0, 20)}"; there are ${known.join(', ')}`,
    { nearest: nearestNames(version, known) },
  )
}
