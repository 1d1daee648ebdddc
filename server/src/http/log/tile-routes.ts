import { hash } from 'node:crypto'
import type { FastifyInstance } from 'fastify'
import { KeelsonError } from 'keelson'
import type { ServerContext } from '../server-context.ts'
import { logCaller } from './log-caller.ts'
import { docs } from './log-docs.ts'

/** Full tiles never change; they are the tenant's, so no shared cache may keep them. */
const forEver = 'private, max-age=31536000, immutable'
const forNow = 'private, no-cache'

/** The tiles of the tenant's log, below the paths that C2SP tlog-tiles gives them. */
export function tileRoutes(app: FastifyInstance, server: ServerContext): void {
  const { notary } = server.notary

  app.get<{ Params: { '*': string } }>(
    '/v1/log/tile/*',
    { config: { permission: 'log:read' }, schema: docs.tile },
    async (request, reply) => {
      const { tenantId } = await logCaller(request, server)
      const path = `tile/${request.params['*']}`
      const tile = await notary.tile(tenantId, path)
      if (tile === undefined) throw new KeelsonError('not_found', `The log has no ${path.slice(0, 100)}`)
      const etag = `"${hash('sha256', tile, 'base64url')}"`
      reply
        .header('etag', etag)
        .header('cache-control', path.includes('.p/') ? forNow : forEver)
        .header('vary', 'Authorization, Keelson-Tenant')
      if (request.headers['if-none-match'] === etag) return reply.code(304).send()
      return reply.header('content-type', 'application/octet-stream').send(Buffer.from(tile))
    },
  )
}
