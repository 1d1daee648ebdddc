import type { FastifyInstance } from 'fastify'
import { exportsOfKeys } from 'keelson/notary'
import type { SubjectView } from '../../../api/types.ts'
import type { ServerContext } from '../../server-context.ts'
import { maxBody, readBody, remover, required, workSignal } from './removal-call.ts'
import { docs } from './removal-docs.ts'
import { toSubject } from './removal-view.ts'

const longestSubject = 1_024

/** Who it is stands in the body: paths and queries are written into logs on the way. */
export function subjectRoute(app: FastifyInstance, server: ServerContext): void {
  const { removals } = server.notary

  app.post(
    '/v1/subjects/search',
    { config: { permission: 'removal:manage' }, schema: docs.searchSubject, bodyLimit: maxBody },
    async (request, reply): Promise<SubjectView> => {
      const { tenantId } = await remover(request, server)
      const reader = await readBody(request, ['subject'])
      const subject = required(reader, 'subject', longestSubject)
      reader.done()
      const finding = await removals.findSubject(tenantId, subject, workSignal(reply, server))
      return toSubject(finding, await exportsOfKeys(server.masked, tenantId, finding.keys))
    },
  )
}
