import type { AuditFilter } from '@keelson/contexts/audit'
import { countFacets, searchEvents } from '@keelson/contexts/audit'
import type { FastifyInstance, FastifyReply } from 'fastify'
import type { RecordedEvent } from 'keelson'
import { KeelsonError } from 'keelson'
import type { View } from '../api/event-item.ts'
import { toDefinitionItem, toEventItem, toListItem } from '../api/event-item.ts'
import type { EventDetail, EventPage } from '../api/types.ts'
import { acceptsOf, findType, readAccepted } from './accepted.ts'
import type { Reading } from './access.ts'
import { readingOf, refuseProbing } from './access.ts'
import { fillPage, PageBuilder } from './event-page.ts'
import { filterNames, fromCursor, QueryReader, toCursor } from './query.ts'
import { eventSchema, facetsSchema, searchSchema, streamSchema } from './route-schemas.ts'
import type { ServerContext } from './server-context.ts'

/** How long a query waits for the read model to reach the head of the log, in milliseconds. */
const freshness = 2_000
const views: readonly View[] = ['full', 'summary']
const orders = ['desc', 'asc'] as const
const sorts = ['recorded', 'occurred'] as const

export function readRoutes(app: FastifyInstance, server: ServerContext): void {
  app.get(
    '/v1/events',
    { config: { permission: 'events:read' }, schema: searchSchema },
    async (request, reply) => {
      const reading = await readingOf(request, server)
      const { tenant, store } = reading
      const query = new QueryReader(request.query, [
        ...filterNames,
        'sort',
        'order',
        'limit',
        'cursor',
        'view',
        'accepts',
      ])
      const filter: AuditFilter = { ...query.filter(), withoutPersonal: !reading.seesPersonal }
      refuseProbing(reading, filter)
      const sort = query.oneOf('sort', sorts, 'recorded')
      const order = query.oneOf('order', orders, 'desc')
      const limit = query.integer('limit', 1, 500, 50)
      const view = query.oneOf('view', views, 'full')
      const cursor = query.text('cursor')
      const accepts = await acceptsOf(query, server.platform, tenant.id)
      query.done()
      const after = cursor === undefined ? {} : { after: fromCursor(cursor, order, sort) }
      const { head, completeTo } = await caughtUp(server, tenant.id)
      const positions = await searchEvents(
        server.platform.store,
        tenant.id,
        filter,
        { sort, order, limit, ...after },
        goneSignal(reply),
      )
      const page = new PageBuilder(limit, view, server.platform, accepts)
      const last = await fillPage(page, store, tenant.id, positions)
      const hasMore = positions.length > limit || last !== positions.at(-1)
      const nextCursor = hasMore && last !== undefined ? toCursor(last, order, sort) : null
      return { data: page.items, page: { hasMore, nextCursor }, head, completeTo } satisfies EventPage
    },
  )

  app.get(
    '/v1/events/facets',
    { config: { permission: 'events:read' }, schema: facetsSchema },
    async (request, reply) => {
      const reading = await readingOf(request, server)
      const { tenant } = reading
      const query = new QueryReader(request.query, filterNames)
      const filter: AuditFilter = { ...query.filter(), withoutPersonal: !reading.seesPersonal }
      query.done()
      refuseProbing(reading, filter)
      await caughtUp(server, tenant.id)
      const facets = await countFacets(server.platform.store, tenant.id, filter, goneSignal(reply))
      return reading.seesPersonal ? facets : { ...facets, facets: { ...facets.facets, actor: [] } }
    },
  )

  app.get<{ Params: { eventId: string } }>(
    '/v1/events/:eventId',
    { config: { permission: 'events:read' }, schema: eventSchema },
    async (request, reply) => {
      const reading = await readingOf(request, server)
      const { tenant, store } = reading
      const { eventId } = request.params
      const query = new QueryReader(request.query, ['accepts'])
      const accepts = await acceptsOf(query, server.platform, tenant.id)
      query.done()
      const event = await store.readEvent(tenant.id, eventId)
      if (!event)
        throw new KeelsonError(
          'event_not_found',
          `There is no event "${eventId.slice(0, 128)}" in this tenant`,
        )
      return reply
        .header('cache-control', 'private, no-cache')
        .send(await toDetail(server, reading, event, accepts))
    },
  )

  app.get<{ Params: { stream: string } }>(
    '/v1/streams/:stream',
    { config: { permission: 'events:read' }, schema: streamSchema },
    async request => {
      const reading = await readingOf(request, server)
      const { tenant, store } = reading
      const query = new QueryReader(request.query, ['order', 'limit', 'cursor', 'view', 'accepts'])
      const order = query.oneOf('order', orders, 'asc')
      const limit = query.integer('limit', 1, 500, 50)
      const view = query.oneOf('view', views, 'full')
      const cursor = query.text('cursor')
      const accepts = await acceptsOf(query, server.platform, tenant.id)
      query.done()
      const direction = order === 'asc' ? 'forwards' : 'backwards'
      const after = cursor === undefined ? {} : { after: fromCursor(cursor, order) }
      const page = new PageBuilder(limit, view, server.platform, accepts)
      let hasMore = false
      const options = { direction, limit: limit + 1, ...after } as const
      for await (const event of store.readStream(tenant.id, request.params.stream, options)) {
        hasMore = page.isFull
        if (hasMore) break
        page.add(event)
      }
      if (!page.last && cursor === undefined)
        throw new KeelsonError('not_found', 'There is no such stream in this tenant')
      const nextCursor = hasMore && page.last ? toCursor(page.last.version, order) : null
      return { data: page.items, page: { hasMore, nextCursor } }
    },
  )
}

/** Aborts when the client goes away before it was answered: nobody waits for what it asked. */
function goneSignal(reply: FastifyReply): AbortSignal {
  const gone = new AbortController()
  reply.raw.once('close', () => {
    if (!reply.raw.writableFinished) gone.abort(new KeelsonError('request_timeout', 'The client broke off'))
  })
  return gone.signal
}

/**
 * Waits until the read model has all that was acknowledged before this query, for as long as a reader may be made to
 * wait. Gives the tenant's head, and the position up to which the answer is complete: below the head only where the
 * read model could not keep up.
 */
async function caughtUp(
  server: ServerContext,
  tenantId: string,
): Promise<{ head: number; completeTo: number }> {
  const projection = server.platform.projection('AuditEventProjection')
  const head = await server.platform.store.head({ tenantId })
  // One that fails and is tried again will not be there in two seconds.
  const wait = projection.status.state === 'retrying' ? 0 : freshness
  const isComplete = await projection.waitFor(head, wait, tenantId)
  return { head, completeTo: isComplete ? head : Math.min(head, projection.positionOf(tenantId)) }
}

async function toDetail(
  server: ServerContext,
  { tenant, store }: Reading,
  event: RecordedEvent,
  accepts: readonly string[],
): Promise<EventDetail> {
  const tenantId = tenant.id
  const one = async (direction: 'forwards' | 'backwards') => {
    const found = await Array.fromAsync(
      store.readStream(tenantId, event.stream, { direction, after: event.version, limit: 1 }),
    )
    return found[0] ? toListItem(found[0], 'summary') : null
  }
  const [previous, next] = await Promise.all([one('backwards'), one('forwards')])
  const entry = await findType(server.platform, tenantId, event.eventType)
  const { leaf, leafHash, previousHash, blind, body, disclosures } = event
  return {
    event: toEventItem(readAccepted(event, server.platform, accepts)),
    definition: entry ? toDefinitionItem(entry) : null,
    seal: { leaf, leafHash, previousHash, blind, body, disclosures },
    neighbours: { previous, next },
  }
}
