import type { FastifyInstance } from 'fastify'
import type { ErasureItem, ErasurePage } from '../../../api/types.ts'
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
import { toErasure } from './removal-view.ts'

const longestSubject = 1_024

/** Erasures of subjects: asked for, approved, followed. */
export function erasureRoutes(app: FastifyInstance, server: ServerContext): void {
  const { removals } = server.notary

  app.post(
    '/v1/erasures',
    { config: { permission: 'removal:manage' }, schema: docs.requestErasure, bodyLimit: maxBody },
    async (request, reply) => {
      const caller = await remover(request, server)
      const reader = await readBody(request, ['subject', 'basis', 'request', 'approvers'])
      const asked = {
        subject: required(reader, 'subject', longestSubject),
        basis: required(reader, 'basis', longestWords),
        request: required(reader, 'request', longestWords),
        ...readApprovers(reader),
      }
      reader.done()
      const erasure = toErasure(await removals.requestErasure(caller.tenantId, asked))
      await tell(server, caller, erasure, 'requested')
      return reply.code(202).header('location', `/v1/erasures/${erasure.id}`).send(erasure)
    },
  )

  app.get(
    '/v1/erasures',
    { config: { permission: 'removal:manage' }, schema: docs.listErasures },
    async (request): Promise<ErasurePage> => {
      const { tenantId } = await remover(request, server)
      const { limit, ...after } = readPaging(request.query)
      const found = await removals.erasures(tenantId, { limit: limit + 1, direction: 'backwards', ...after })
      return toPage(found.map(toErasure), limit)
    },
  )

  app.get<ById>(
    '/v1/erasures/:id',
    { config: { permission: 'removal:manage' }, schema: docs.showErasure },
    async (request): Promise<ErasureItem> => {
      const { tenantId } = await remover(request, server)
      return toErasure(await removals.erasure(tenantId, request.params.id))
    },
  )

  app.post<ById>(
    '/v1/erasures/:id/approvals',
    { config: { permission: 'removal:manage' }, schema: docs.approveErasure, bodyLimit: maxBody },
    async (request): Promise<ErasureItem> => {
      const caller = await remover(request, server)
      const approval = await readApproval(request)
      const erasure = toErasure(await removals.approveErasure(caller.tenantId, request.params.id, approval))
      await tell(server, caller, erasure, 'approved')
      return erasure
    },
  )

  app.post<ById>(
    '/v1/erasures/:id/withdrawal',
    { config: { permission: 'removal:manage' }, schema: docs.withdrawErasure },
    async (request): Promise<ErasureItem> => {
      const caller = await remover(request, server)
      const erasure = toErasure(await removals.withdrawErasure(caller.tenantId, request.params.id))
      await tell(server, caller, erasure, 'withdrawn')
      return erasure
    },
  )
}

/** Written down in the tenant's log, which never says who the subject is. */
const tell = (
  { platform }: ServerContext,
  caller: TenantViewer,
  item: ErasureItem,
  what: 'requested' | 'approved' | 'withdrawn',
): Promise<void> =>
  auditChange(platform, caller, item, {
    action: `erasure.${what}`,
    resource: { type: 'erasure', id: item.id },
    summary: `An erasure ${what}`,
    details: { request: item.request },
  })
