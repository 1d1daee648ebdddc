import type { FastifyInstance } from 'fastify'
import type { RecordedEvent } from 'keelson'
import { KeelsonError } from 'keelson'
import type { ConsistencyView, InclusionView, SealedEventView } from '../../api/types.ts'
import { readingOf } from '../access.ts'
import { QueryReader } from '../query.ts'
import type { ServerContext } from '../server-context.ts'
import { logCaller } from './log-caller.ts'
import { docs } from './log-docs.ts'
import { redactionsOf } from './redactions-of.ts'

interface EventParams {
  readonly Params: { readonly eventId: string }
}

const largest = Number.MAX_SAFE_INTEGER

/** Proofs about the tenant's log and its events. */
export function proofRoutes(app: FastifyInstance, server: ServerContext): void {
  const { notary } = server.notary

  app.get(
    '/v1/log/proofs/inclusion',
    { config: { permission: 'log:read' }, schema: docs.inclusion },
    async (request): Promise<InclusionView> => {
      const { tenantId } = await logCaller(request, server)
      const query = new QueryReader(request.query, ['index', 'size'])
      const index = required(query, 'index')
      const size = await sizeOf(server, tenantId, query, 'size')
      if (index >= size) query.fault('index', `must be less than the size, which is ${size}`)
      query.done()
      return { index, size, path: await notary.inclusion(tenantId, index, size) }
    },
  )

  app.get(
    '/v1/log/proofs/consistency',
    { config: { permission: 'log:read' }, schema: docs.consistency },
    async (request): Promise<ConsistencyView> => {
      const { tenantId } = await logCaller(request, server)
      const query = new QueryReader(request.query, ['from', 'to'])
      const from = required(query, 'from')
      const to = await sizeOf(server, tenantId, query, 'to')
      if (from > to) query.fault('from', `must be at most the later size, which is ${to}`)
      query.done()
      return { from, to, path: await notary.consistency(tenantId, from, to) }
    },
  )

  app.get<EventParams>(
    '/v1/events/:eventId/proof',
    { config: { permission: 'log:read' }, schema: docs.proof },
    async (request, reply) => {
      const { tenantId } = await logCaller(request, server)
      const { eventId } = request.params
      const proof = await notary.eventProof(tenantId, eventId)
      return reply
        .header('cache-control', 'private, no-cache')
        .header('content-type', 'text/plain; charset=utf-8')
        .header('content-disposition', `attachment; filename="${eventId.replaceAll(':', '_')}.tlog-proof"`)
        .send(proof)
    },
  )

  app.get<EventParams>(
    '/v1/events/:eventId/sealed',
    { config: { permission: 'events:read' }, schema: docs.sealed },
    async (request, reply) => {
      const { tenant, store } = await readingOf(request, server)
      const { eventId } = request.params
      const event = await store.readEvent(tenant.id, eventId)
      if (!event)
        throw new KeelsonError(
          'event_not_found',
          `There is no event "${eventId.slice(0, 128)}" in this tenant`,
        )
      const redactions = await redactionsOf(server, event)
      return reply.header('cache-control', 'private, no-cache').send(toSealed(event, redactions))
    },
  )
}

function required(query: QueryReader, name: string): number {
  if (query.text(name) === undefined) query.fault(name, 'is missing')
  return query.integer(name, 0, largest, 0)
}

/** Left out, it is that of the newest head. */
async function sizeOf(
  { notary: { notary } }: ServerContext,
  tenantId: string,
  query: QueryReader,
  name: string,
): Promise<number> {
  if (query.text(name) !== undefined) return query.integer(name, 0, largest, 0)
  const { size } = await notary.status(tenantId)
  return size
}

function toSealed(event: RecordedEvent, redactions: readonly string[]): SealedEventView {
  const { eventId, kind, leaf, leafHash, previousHash, body, blind, disclosures, secrets } = event
  const isPresent = event.bodyState === 'present'
  return {
    eventId,
    n: event.sequence,
    kind,
    leaf,
    leafHash,
    previousHash,
    body: isPresent ? body : null,
    blind: isPresent ? blind : null,
    disclosures,
    hidden: isPresent ? event.hidden : 0,
    kids: secrets === '' ? [] : secrets.split(' ').map(secret => secret.slice(0, secret.indexOf(':'))),
    redactions,
  }
}
