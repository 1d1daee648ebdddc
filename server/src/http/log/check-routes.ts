import type { FastifyInstance } from 'fastify'
import { KeelsonError } from 'keelson'
import type { LogCheckItem } from '../../api/types.ts'
import { audit } from '../delivery/audit.ts'
import type { ServerContext } from '../server-context.ts'
import { logCaller } from './log-caller.ts'
import { docs } from './log-docs.ts'

/** Checks of the whole log that somebody asks for. */
export function checkRoutes(app: FastifyInstance, server: ServerContext): void {
  const { checks } = server.notary

  app.post(
    '/v1/log/checks',
    { config: { permission: 'log:manage' }, schema: docs.startCheck },
    async (request, reply) => {
      const caller = await logCaller(request, server)
      const { check, isNew } = await checks.start(caller.tenantId)
      if (isNew)
        await audit(server.platform, caller, {
          action: 'log.check_started',
          resource: { type: 'log-check', id: check.id },
          summary: 'A check of the log begun',
        })
      return reply.code(202).header('location', `/v1/log/checks/${check.id}`).send(check)
    },
  )

  app.get<{ Params: { id: string } }>(
    '/v1/log/checks/:id',
    { config: { permission: 'log:read' }, schema: docs.showCheck },
    async (request): Promise<LogCheckItem> => {
      const { tenantId } = await logCaller(request, server)
      const check = await checks.find(tenantId, request.params.id)
      if (check === undefined) throw new KeelsonError('not_found', 'There is no such check of the log')
      return check
    },
  )
}
