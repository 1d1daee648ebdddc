import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { CompareSchemas } from 'keelson'
import { compareBothWays, toEventDetail } from 'keelson'
import type { ExportFormat } from '../catalog/index.ts'
import {
  allVersions,
  comparePairs,
  exportDocument,
  exportFormats,
  filterDocument,
  rememberComparisons,
  versionsOf,
} from '../catalog/index.ts'
import {
  catalogExportSchema,
  catalogSchema,
  commandTypeSchema,
  eventTypeSchema,
  eventTypeVersionSchema,
} from './catalog-schemas.ts'
import type { CatalogView } from './catalog-view.ts'
import { bodyOf, createViews, findEvent, unknownName, unknownVersion } from './catalog-view.ts'
import type { TaggedBody } from './etag.ts'
import { sendTagged, tagged } from './etag.ts'
import { QueryReader } from './query.ts'
import type { ServerContext } from './server-context.ts'

const kinds = ['domain', 'integration', 'system'] as const
const formats = Object.keys(exportFormats) as ExportFormat[]
const filters = ['kind', 'topic', 'context', 'q', 'own']

type ViewOf = (request: FastifyRequest) => Promise<CatalogView>

/** The catalogue: all of it, one event, command or version, and in the forms of others. */
export function catalogRoutes(app: FastifyInstance, server: ServerContext): void {
  const viewOf = createViews(server)
  const compare = rememberComparisons(compareBothWays)
  app.get(
    '/v1/catalog',
    { config: { permission: 'events:read' }, schema: catalogSchema },
    async (request, reply) => {
      const view = await viewOf(request)
      const filter = readFilter(request)
      const body =
        filter === undefined
          ? bodyOf(view, 'all', () => tagged(view.document))
          : tagged(filterDocument(view.document, filter))
      return sendTagged(request, reply, body)
    },
  )

  app.get(
    '/v1/catalog/export',
    { config: { permission: 'events:read' }, schema: catalogExportSchema },
    async (request, reply) => {
      const view = await viewOf(request)
      const query = new QueryReader(request.query, ['format'])
      const format = query.oneOf('format', formats, 'json')
      query.done()
      const body = bodyOf(view, `export ${format}`, () => exported(view, format, server.version, compare))
      return sendTagged(request, reply, body)
    },
  )

  typeRoutes(app, viewOf, compare)
}

function typeRoutes(app: FastifyInstance, viewOf: ViewOf, compare: CompareSchemas): void {
  type ByType = { Params: { type: string } }
  type ByVersion = { Params: { type: string; version: string } }

  app.get<ByType>(
    '/v1/catalog/events/:type',
    { config: { permission: 'events:read' }, schema: eventTypeSchema },
    async (request, reply) => {
      const view = await viewOf(request)
      const { event, entry } = findEvent(view, request.params.type)
      const versions = versionsOf(entry)
      await comparePairs(versions, compare)
      const body = bodyOf(view, `event ${event.type}`, () => tagged(toEventDetail(event, versions, compare)))
      return sendTagged(request, reply, body)
    },
  )

  app.get<ByVersion>(
    '/v1/catalog/events/:type/versions/:version',
    { config: { permission: 'events:read' }, schema: eventTypeVersionSchema },
    async (request, reply) => {
      const { event, entry } = findEvent(await viewOf(request), request.params.type)
      const { version } = request.params
      const found = entry.versions.find(one => one.version === version)
      if (found === undefined) throw unknownVersion(event, version)
      return sendTagged(request, reply, tagged(found.document, 'application/schema+json; charset=utf-8'))
    },
  )

  app.get<ByType>(
    '/v1/catalog/commands/:type',
    { config: { permission: 'events:read' }, schema: commandTypeSchema },
    async (request, reply) => {
      const { commands } = (await viewOf(request)).document
      const { type } = request.params
      const command = commands.find(one => one.type === type)
      if (command !== undefined) return sendTagged(request, reply, tagged(command))
      throw unknownName(
        'command type',
        type,
        commands.map(one => one.type),
      )
    },
  )
}

function exported(
  { document, entries }: CatalogView,
  format: ExportFormat,
  version: string,
  compare: CompareSchemas,
): TaggedBody {
  const options = { version, versions: allVersions(entries), compare }
  const made = exportDocument(document, format, options)
  const body = typeof made === 'string' ? made : { files: Object.fromEntries(made) }
  return tagged(body, exportFormats[format].mediaType)
}

/** Undefined where nothing is asked for but the whole. */
function readFilter(request: FastifyRequest) {
  const query = new QueryReader(request.query, filters)
  const filter = {
    kind: query.text('kind') === undefined ? undefined : query.oneOf('kind', kinds, 'domain'),
    topic: query.text('topic'),
    context: query.text('context'),
    q: query.text('q'),
    isOwn: query.oneOf('own', ['false', 'true'], 'false') === 'true',
  }
  query.done()
  const isAsked = filter.isOwn || [filter.kind, filter.topic, filter.context, filter.q].some(Boolean)
  return isAsked ? filter : undefined
}
