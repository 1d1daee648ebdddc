import { once } from 'node:events'
import type { ServerResponse } from 'node:http'
import type { AuditFilter } from '@keelson/contexts/audit'
import { matchesFilter, storageNotifications, toTextQuery } from '@keelson/contexts/audit'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { RecordedEvent } from 'keelson'
import { KeelsonError, toKeelsonError } from 'keelson'
import type { View } from '../api/event-item.ts'
import { acceptsOf, toAcceptedItem } from './accepted.ts'
import type { Reading } from './access.ts'
import { readingOf, refuseProbing } from './access.ts'
import { toProblem } from './problem.ts'
import { filterNames, QueryReader } from './query.ts'
import { tailSchema } from './route-schemas.ts'
import type { Limits, ServerContext } from './server-context.ts'

/** Milliseconds between comments that keep proxies from closing a quiet stream. */
const heartbeat = 15_000
/** Milliseconds between looks whether the key was revoked. */
const keyCheck = 5_000
/** Milliseconds after which a client reconnects. */
const reconnect = 2_000

interface TailOptions {
  readonly filter: AuditFilter
  readonly view: View
  readonly topic: string | undefined
  readonly accepts: readonly string[]
  readonly after: number
  /** Whether the caller's key still opens the stream. */
  readonly isAllowed: () => Promise<boolean>
}

/** Counts the streams that are open: a bound for all, and one for each tenant. */
class OpenStreams {
  readonly #limits: Limits
  readonly #byTenant = new Map<string, number>()
  #all = 0

  constructor(limits: Limits) {
    this.#limits = limits
  }

  /** Takes a place and gives the way to leave it; throws `too_many_streams` where there is none. */
  enter(tenantId: string): () => void {
    const own = this.#byTenant.get(tenantId) ?? 0
    const { openStreams, openStreamsPerTenant } = this.#limits
    if (this.#all >= openStreams || own >= openStreamsPerTenant) throw new KeelsonError('too_many_streams')
    this.#all += 1
    this.#byTenant.set(tenantId, own + 1)
    return () => {
      this.#all -= 1
      const left = (this.#byTenant.get(tenantId) ?? 1) - 1
      if (left > 0) this.#byTenant.set(tenantId, left)
      else this.#byTenant.delete(tenantId)
    }
  }
}

/** The live tail: server-sent events whose id is the position, so that a client that comes back misses nothing. */
export function tailRoute(app: FastifyInstance, server: ServerContext): void {
  const open = new OpenStreams(server.limits)
  // A HEAD of a stream would never be answered.
  app.get(
    '/v1/events/tail',
    { config: { permission: 'events:read' }, schema: tailSchema, exposeHeadRoute: false },
    async (request, reply) => {
      const reading = await readingOf(request, server)
      const { tenant } = reading
      const query = new QueryReader(request.query, [
        ...filterNames.filter(name => name !== 'from' && name !== 'to'),
        'after',
        'view',
        'topic',
        'accepts',
      ])
      const filter = query.filter()
      const view = query.oneOf<View>('view', ['full', 'summary'], 'full')
      const topic = query.text('topic')
      const asked = query.integer('after', 0, Number.MAX_SAFE_INTEGER, -1)
      const accepts = await acceptsOf(query, server.platform, tenant.id)
      query.done()
      refuseProbing(reading, filter)
      // Refuses here what the search would refuse.
      if (filter.text !== undefined) toTextQuery(filter.text, tenant.id)
      const start = lastEventId(request) ?? (asked >= 0 ? asked : undefined)
      // Counted before anything is waited for, so that requests that come at once do not all find a place.
      const leave = open.enter(tenant.id)
      try {
        const head = await server.platform.store.head({ tenantId: tenant.id })
        const after = start ?? head
        // Said before the stream begins, when it can still be an answer of its own.
        if (after > head) throw unknownPosition(after, head)
        reply.hijack()
        const isAllowed = () =>
          readingOf(request, server).then(
            ({ seesPersonal }) => seesPersonal === reading.seesPersonal,
            () => false,
          )
        await stream(reply.raw, server, reading, { filter, view, topic, accepts, after, isAllowed })
      } catch (error) {
        if (!reply.raw.headersSent && !reply.raw.destroyed) throw error
        request.log.warn({ err: error }, 'live tail ended by an error')
        // Else it would look as if nothing more had come.
        if (!reply.raw.destroyed) {
          const { code, detail, remedy, retryable } = toProblem(toKeelsonError(error))
          const data = JSON.stringify({ code, detail, remedy, retryable })
          reply.raw.write(`event: error\ndata: ${data}\n\n`)
        }
      } finally {
        leave()
        if (reply.raw.headersSent) reply.raw.end()
      }
    },
  )
}

function unknownPosition(after: number, newest: number): KeelsonError {
  return new KeelsonError(
    'position_unknown',
    `There is nothing at ${after}: the newest event is at ${newest}; was the position given by another server?`,
    { after, newest },
  )
}

async function stream(
  response: ServerResponse,
  server: ServerContext,
  { store, tenant }: Reading,
  options: TailOptions,
): Promise<void> {
  const tenantId = tenant.id
  // A client that left while its key was looked up has told so already.
  if (response.destroyed) return
  const gone = new AbortController()
  response.on('close', () => gone.abort())
  const signal = AbortSignal.any([gone.signal, server.stopping])
  response.writeHead(200, {
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-store',
    'x-accel-buffering': 'no',
    'x-content-type-options': 'nosniff',
  })
  response.write(`retry: ${reconnect}\nevent: ready\ndata: {"position":${options.after}}\n\n`)
  const timer = setInterval(() => response.write(': still here\n\n'), heartbeat)
  const guard = setInterval(async () => {
    if (!(await options.isAllowed())) gone.abort()
  }, keyCheck)
  try {
    for await (const page of store.tail({ tenantId }, { after: options.after, signal })) {
      // Which topic an event of a registered type is on, the registry says.
      if (options.topic !== undefined) await server.platform.registry.load(tenantId)
      const text = page.map(event => frames(event, server, options)).join('')
      // Waiting for the client to take what it has is the back-pressure: the log is read no faster than it reads.
      if (text !== '' && !response.write(text))
        await once(response, 'drain', { signal }).catch(() => undefined)
    }
  } finally {
    clearInterval(timer)
    clearInterval(guard)
  }
}

/** Topic whose events are derived from the log as it is read. */
const storageTopic = 'audit.storage'

function frames(
  event: RecordedEvent,
  server: ServerContext,
  { filter, view, topic, accepts }: TailOptions,
): string {
  if (!matchesFilter(event, filter)) return ''
  if (topic === storageTopic) {
    const notifications = storageNotifications(event)
    // Only the last has the id: a client cut off between them resumes before the first, and loses none.
    const last = notifications.length - 1
    return notifications.map((data, at) => frame(at === last ? event.position : undefined, data)).join('')
  }
  if (topic !== undefined && topicOf(event, server) !== topic) return ''
  return frame(event.position, toAcceptedItem(event, view, server.platform, accepts))
}

function topicOf({ tenantId, eventType }: RecordedEvent, { platform }: ServerContext): string | undefined {
  const entry = platform.catalog.get(eventType) ?? platform.registry.ownTypes(tenantId).get(eventType)
  return entry?.definition.topic
}

const frame = (position: number | undefined, data: object): string =>
  `${position === undefined ? '' : `id: ${position}\n`}event: event\ndata: ${JSON.stringify(data)}\n\n`

function lastEventId(request: FastifyRequest): number | undefined {
  const header = request.headers['last-event-id']
  if (header === undefined || header === '') return undefined
  if (typeof header === 'string' && /^\d{1,16}$/.test(header) && Number.isSafeInteger(Number(header)))
    return Number(header)
  throw new KeelsonError('request_invalid', 'The header Last-Event-ID is not a position')
}
