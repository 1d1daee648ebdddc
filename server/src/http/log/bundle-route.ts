import { once } from 'node:events'
import { PassThrough } from 'node:stream'
import type { FastifyInstance } from 'fastify'
import type { JsonObject } from 'keelson'
import { KeelsonError } from 'keelson'
import { permissionsOf } from '../../directory/index.ts'
import { audit } from '../delivery/audit.ts'
import { QueryReader } from '../query.ts'
import type { ServerContext } from '../server-context.ts'
import { logCaller } from './log-caller.ts'
import { docs } from './log-docs.ts'
import { OpenExports } from './open-exports.ts'

const largest = Number.MAX_SAFE_INTEGER
const mostProofs = 50

/** The tenant's evidence as a tar, made while it is sent. */
export function bundleRoute(app: FastifyInstance, server: ServerContext): void {
  const open = new OpenExports()
  app.get(
    '/v1/log/bundle',
    { config: { permission: 'log:read' }, schema: docs.bundle, exposeHeadRoute: false },
    async (request, reply) => {
      const caller = await logCaller(request, server)
      const { tenantId } = caller
      const seesPersonal = permissionsOf[caller.key.role].includes('personal:read')
      const { withPersonal, ...asked } = readQuery(request.query, seesPersonal)
      const leave = open.enter(tenantId)
      const out = new PassThrough({ highWaterMark: 256 * 1024 })
      // Heard by whoever reads it; before anybody does, it would end the process.
      out.on('error', () => undefined)
      const gone = new AbortController()
      reply.raw.once('close', () => {
        if (!reply.raw.writableFinished)
          gone.abort(new KeelsonError('request_timeout', 'The client broke off'))
      })
      const signal = AbortSignal.any([gone.signal, server.stopping])
      // Who writes waits for whoever reads, and would for ever.
      signal.addEventListener('abort', () => out.destroy(), { once: true })
      const progress: { isSent: boolean; failure?: unknown } = { isSent: false }
      const ended = server.notary
        .exportBundle({ tenantId, ...asked, withPersonal, where: 'downloaded', out, signal })
        .finally(leave)
        .then(
          () => out.end(),
          (error: unknown) => {
            progress.failure = error
            if (progress.isSent && !signal.aborted)
              request.log.error({ err: error }, 'a bundle could not be made whole')
            out.destroy(new Error('the bundle is not whole', { cause: error }))
          },
        )
      // What cannot be made at all is answered as a problem; later only breaking off tells that it is not whole.
      await Promise.race([once(out, 'readable').catch(() => undefined), ended])
      if (progress.failure === undefined)
        await audit(server.platform, caller, {
          action: 'log.bundle_exported',
          resource: { type: 'log', id: tenantId },
          summary: `Evidence of the log exported${withPersonal ? ' with personal fields' : ''}`,
          details: { ...(asked as JsonObject), withPersonal },
        }).catch(error => {
          gone.abort(error)
          throw error
        })
      if (progress.failure !== undefined) throw progress.failure
      progress.isSent = true
      return reply
        .header('content-type', 'application/x-tar')
        .header('content-disposition', `attachment; filename="${tenantId}-log.tar"`)
        .header('cache-control', 'no-store')
        .send(out)
    },
  )
}

interface Asked {
  readonly from?: number
  readonly to?: number
  readonly prev?: number
  readonly proofs?: readonly string[]
  readonly withPersonal: boolean
}

function readQuery(given: unknown, seesPersonal: boolean): Asked {
  const query = new QueryReader(given, ['from', 'to', 'prev', 'personal', 'proof'])
  const numbers = (['from', 'to', 'prev'] as const).flatMap(name =>
    query.text(name) === undefined ? [] : [[name, query.integer(name, 0, largest, 0)] as const],
  )
  const proofs = query.list('proof')
  if (proofs !== undefined && proofs.length > mostProofs)
    query.fault('proof', `takes at most ${mostProofs} events`)
  const personal = query.oneOf('personal', ['shown', 'hidden'] as const, seesPersonal ? 'shown' : 'hidden')
  query.done()
  if (personal === 'shown' && !seesPersonal)
    throw new KeelsonError(
      'permission_denied',
      'This key does not see personal fields: ask for the bundle with personal=hidden',
      { permission: 'personal:read' },
    )
  return {
    ...Object.fromEntries(numbers),
    ...(proofs === undefined ? {} : { proofs }),
    withPersonal: personal === 'shown',
  }
}
