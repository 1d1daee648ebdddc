import { setTimeout as pause } from 'node:timers/promises'
import type { FastifyInstance } from 'fastify'
import type { ErrorCode, EventStore } from 'keelson'
import { toKeelsonError } from 'keelson'
import { permissionsOf } from '../directory/index.ts'
import { identify, refuseParameters } from './access.ts'
import { plain } from './route-schemas.ts'
import type { ServerContext } from './server-context.ts'

/** Milliseconds in which the database must answer for the server to be ready. */
const answerTime = 2_000

/** Code of what is wrong with the database; undefined where it answers. */
async function failureOf(store: EventStore): Promise<ErrorCode | undefined> {
  const timer = new AbortController()
  const late = pause(answerTime, 'store_unreachable' as const, { signal: timer.signal }).catch(
    () => undefined,
  )
  const answer = store.checkpoint('readiness').then(
    () => undefined,
    error => toKeelsonError(error, 'store_failed').code,
  )
  return Promise.race([answer, late]).finally(() => timer.abort())
}

/** The broker may be away without harm to requests: what is published lies in the log. */
async function transportState({ subscriptions }: ServerContext) {
  const { name } = subscriptions.transport
  const relay = await subscriptions.relay().catch(() => undefined)
  if (relay === undefined) return { name }
  const { partitions } = relay
  const fault = partitions.find(({ error, failures }) => error !== undefined && failures > 0)?.error
  return {
    name,
    relay: {
      isLeader: partitions.some(({ isLeader }) => isLeader),
      backlog: partitions.reduce((sum, { backlog }) => sum + backlog.events, 0),
      ...(fault === undefined ? {} : { error: fault.code }),
    },
  }
}

/** Health, and who am I. */
export function metaRoutes(app: FastifyInstance, server: ServerContext): void {
  app.get(
    '/healthz',
    { config: { permission: 'open' }, schema: plain('health', 'health', 'Whether the process lives', true) },
    async () => ({
      status: 'ok',
    }),
  )

  app.get(
    '/readyz',
    {
      config: { permission: 'open' },
      schema: plain('readiness', 'health', 'Whether requests are taken', true),
    },
    async (_, reply) => {
      const { store } = server.platform
      const projection = server.platform.projection('AuditEventProjection').status
      const failure = await failureOf(store)
      const isReady = !server.stopping.aborted && projection.state === 'running' && failure === undefined
      return reply.code(isReady ? 200 : 503).send({
        status: isReady ? 'ready' : 'not ready',
        version: server.version,
        store: { ...store.capabilities, ...(failure === undefined ? {} : { error: failure }) },
        transport:
          failure === undefined
            ? await transportState(server)
            : { name: server.subscriptions.transport.name },
        subscriptions: { pulledHere: server.subscriptions.pulled.all.length },
        projections: [
          { name: 'AuditEventProjection', state: projection.state, position: projection.position },
        ],
      })
    },
  )

  app.get(
    '/v1/me',
    {
      config: { permission: 'any key' },
      schema: plain('whoAmI', 'access', 'The key, its role and its tenant'),
    },
    async request => {
      const { key, tenant } = await identify(request, server.directory)
      refuseParameters(request)
      return {
        key: { id: key.id, name: key.name, prefix: key.prefix },
        role: key.role,
        permissions: permissionsOf[key.role],
        tenant: tenant ? { id: tenant.id, name: tenant.name } : null,
        version: server.version,
      }
    },
  )
}
