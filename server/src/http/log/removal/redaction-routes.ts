import type { FastifyInstance } from 'fastify'
import type { RedactionItem, RedactionPage } from '../../../api/types.ts'
import type { TenantViewer } from '../../delivery/delivery-caller.ts'
import type { ServerContext } from '../../server-context.ts'
import type { ById } from './removal-call.ts'
import {
  auditChange,
  longestWords,
  maxBody,
  readApproval,
  readApprovers,
  readBody,
  readPaging,
  remover,
  required,
  toPage,
} from './removal-call.ts'
import { docs } from './removal-docs.ts'
import { toRedaction } from './removal-view.ts'

/** Members of an event that can be taken out at once, and the longest way to one. */
const mostPointers = 100
const longestPointer = 1_024

/** Redactions of single events: asked for, approved, followed. */
export function redactionRoutes(app: FastifyInstance, server: ServerContext): void {
  const { removals } = server.notary

  app.post(
    '/v1/redactions',
    { config: { permission: 'removal:manage' }, schema: docs.requestRedaction, bodyLimit: maxBody },
    async (request, reply) => {
      const caller = await remover(request, server)
      const reader = await readBody(request, ['eventId', 'pointers', 'reason', 'approvers'])
      const eventId = required(reader, 'eventId', 128)
      reader.require('pointers')
      const pointers = reader.texts('pointers', mostPointers, longestPointer) ?? []
      const reason = required(reader, 'reason', longestWords)
      const approvers = readApprovers(reader)
      reader.done()
      const asked = { eventId, pointers, reason, ...approvers }
      const redaction = toRedaction(await removals.requestRedaction(caller.tenantId, asked))
      await tell(server, caller, redaction, 'requested')
      return reply.code(202).header('location', `/v1/redactions/${redaction.id}`).send(redaction)
    },
  )

  app.get(
    '/v1/redactions',
    { config: { permission: 'removal:manage' }, schema: docs.listRedactions },
    async (request): Promise<RedactionPage> => {
      const { tenantId } = await remover(request, server)
      const { limit, ...after } = readPaging(request.query)
      const found = await removals.redactions(tenantId, {
        limit: limit + 1,
        direction: 'backwards',
        ...after,
      })
      return toPage(found.map(toRedaction), limit)
    },
  )

  app.get<ById>(
    '/v1/redactions/:id',
    { config: { permission: 'removal:manage' }, schema: docs.showRedaction },
    async (request): Promise<RedactionItem> => {
      const { tenantId } = await remover(request, server)
      return toRedaction(await removals.redaction(tenantId, request.params.id))
    },
  )

  app.post<ById>(
    '/v1/redactions/:id/approvals',
    { config: { permission: 'removal:manage' }, schema: docs.approveRedaction, bodyLimit: maxBody },
    async (request): Promise<RedactionItem> => {
      const caller = await remover(request, server)
      const approval = await readApproval(request)
      const redaction = toRedaction(
        await removals.approveRedaction(caller.tenantId, request.params.id, approval),
      )
      await tell(server, caller, redaction, 'approved')
      return redaction
    },
  )

  app.post<ById>(
    '/v1/redactions/:id/withdrawal',
    { config: { permission: 'removal:manage' }, schema: docs.withdrawRedaction },
    async (request): Promise<RedactionItem> => {
      const caller = await remover(request, server)
      const redaction = toRedaction(await removals.withdrawRedaction(caller.tenantId, request.params.id))
      await tell(server, caller, redaction, 'withdrawn')
      return redaction
    },
  )
}

const tell = (
  { platform }: ServerContext,
  caller: TenantViewer,
  item: RedactionItem,
  what: 'requested' | 'approved' | 'withdrawn',
): Promise<void> =>
  auditChange(platform, caller, item, {
    action: `redaction.${what}`,
    resource: { type: 'redaction', id: item.id },
    summary: `A redaction ${what}`,
    details: { eventId: item.eventId },
  })
