import type { FastifyInstance } from 'fastify'
import { KeelsonError } from 'keelson'
import type { LogStatus } from 'keelson/notary'
import { parseVerifierKey } from 'keelson/proof'
import type { CheckpointPage, LogKeyRotation, LogStatusView } from '../../api/types.ts'
import { audit } from '../delivery/audit.ts'
import { sendTagged, tagged } from '../etag.ts'
import { fromCursor, QueryReader, toCursor } from '../query.ts'
import type { ServerContext } from '../server-context.ts'
import { logCaller } from './log-caller.ts'
import { docs } from './log-docs.ts'

const plainText = 'text/plain; charset=utf-8'
const largest = Number.MAX_SAFE_INTEGER

/** Heads of the tenant's log: how it stands, its checkpoints, its policy and its keys. */
export function headRoutes(app: FastifyInstance, server: ServerContext): void {
  const { notary, ring, recordOf } = server.notary

  app.get(
    '/v1/log',
    { config: { permission: 'log:read' }, schema: docs.status },
    async (request): Promise<LogStatusView> => {
      const { tenantId } = await logCaller(request, server)
      return toStatus(await notary.status(tenantId))
    },
  )

  app.get(
    '/v1/log/checkpoint',
    { config: { permission: 'log:read' }, schema: docs.checkpoint },
    async (request, reply) => {
      const { tenantId } = await logCaller(request, server)
      const query = new QueryReader(request.query, ['size'])
      const size = query.text('size') === undefined ? undefined : query.integer('size', 0, largest, 0)
      query.done()
      const note = await notary.checkpoint(tenantId, size)
      if (note === undefined) throw new KeelsonError('not_found', unknownHead(size))
      // Witnesses may add their lines.
      return sendTagged(request, reply, tagged(note, plainText))
    },
  )

  app.get(
    '/v1/log/checkpoints',
    { config: { permission: 'log:read' }, schema: docs.checkpoints },
    async (request): Promise<CheckpointPage> => {
      const { tenantId } = await logCaller(request, server)
      const query = new QueryReader(request.query, ['limit', 'cursor'])
      const limit = query.integer('limit', 1, 500, 50)
      const cursor = query.text('cursor')
      query.done()
      const before = cursor === undefined ? {} : { before: fromCursor(cursor, 'desc') }
      const found = await notary.checkpoints(tenantId, { limit: limit + 1, ...before })
      const data = found.slice(0, limit).map(({ size, at }) => ({ size, at }))
      const last = data.at(-1)
      const nextCursor = found.length > limit && last ? toCursor(last.size, 'desc') : null
      return { data, page: { nextCursor, hasMore: nextCursor !== null } }
    },
  )

  app.post(
    '/v1/log/checkpoints',
    { config: { permission: 'log:manage' }, schema: docs.sign },
    async (request, reply) => {
      const { tenantId } = await logCaller(request, server)
      const note = await notary.checkpointNow(tenantId)
      return reply.code(201).header('content-type', plainText).send(note)
    },
  )

  app.get(
    '/v1/log/timestamp',
    { config: { permission: 'log:read' }, schema: docs.timestamp },
    async (request, reply) => {
      const { tenantId } = await logCaller(request, server)
      const query = new QueryReader(request.query, ['size'])
      const size = query.integer('size', 1, largest, 1)
      query.done()
      const stamp = await notary.timestamp(tenantId, size)
      if (!stamp) throw new KeelsonError('not_found', `There is no time stamp of the head at ${size} leaves`)
      return reply.header('content-type', 'application/timestamp-reply').send(Buffer.from(stamp))
    },
  )

  app.get(
    '/v1/log/meta-proof',
    { config: { permission: 'log:read' }, schema: docs.metaProof },
    async request => {
      const { tenantId } = await logCaller(request, server)
      const proof = await notary.metaProof(tenantId)
      if (!proof)
        throw new KeelsonError('not_found', 'The head of this log is not in the log of the platform yet')
      return proof
    },
  )

  app.get(
    '/v1/log/policy',
    { config: { permission: 'log:read' }, schema: docs.policy },
    async (request, reply) => {
      const { tenantId } = await logCaller(request, server)
      return sendTagged(request, reply, tagged(await notary.policy(tenantId), plainText))
    },
  )

  app.post(
    '/v1/log/keys/rotation',
    { config: { permission: 'log:manage' }, schema: docs.rotate },
    async (request): Promise<LogKeyRotation> => {
      const caller = await logCaller(request, server)
      const { tenantId } = caller
      // What is there is signed by the key that signed until now.
      await notary.checkpointNow(tenantId).catch(refuseOthers)
      const { before, after } = await ring.rotateLogKey(tenantId, {
        record: made => recordOf(tenantId, 'key', { action: 'register', role: 'log', ...made }),
      })
      await audit(server.platform, caller, {
        action: 'log.key_rotated',
        resource: { type: 'log', id: parseVerifierKey(after).name },
        summary: 'The log is signed with a new key',
        details: { before, after },
      })
      return { before, after }
    },
  )
}

/** A log that has nothing to sign can change its key all the same. */
function refuseOthers(error: unknown): void {
  if (!(error instanceof KeelsonError && error.code === 'checkpoint_pending')) throw error
}

const unknownHead = (size: number | undefined): string =>
  size === undefined ? 'The log is not signed yet' : `The log was never signed at ${size} leaves`

const toStatus = ({ checkpoint, lastCheck, reason, ...status }: LogStatus): LogStatusView => ({
  origin: status.origin,
  state: status.state,
  reason: reason ?? null,
  size: status.size,
  pending: status.pending,
  checkpoint: checkpoint ?? null,
  witnesses: status.witnesses,
  missing: status.missing,
  hasQuorum: status.hasQuorum,
  isStamped: status.isStamped,
  stampedAt: status.stampedAt ?? null,
  lastCheck: lastCheck ? { ...lastCheck, reason: lastCheck.reason ?? null } : null,
})
