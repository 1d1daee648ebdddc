import type { FastifyInstance } from 'fastify'
import type { EventStore } from 'keelson'
import { exportsCovering } from 'keelson/notary'
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
      const range = await rangeOf(server.masked, tenantId, finding.keys)
      const exports = range === undefined ? [] : await exportsCovering(server.masked, tenantId, range)
      return toSubject(
        finding,
        exports.filter(({ withPersonal }) => withPersonal),
      )
    },
  )
}

/** From the first entry that has something of the keys to behind the last one. */
async function rangeOf(
  store: EventStore,
  tenantId: string,
  subjectKeys: readonly string[],
): Promise<{ readonly from: number; readonly to: number } | undefined> {
  if (subjectKeys.length === 0) return undefined
  const end = async (direction: 'forwards' | 'backwards') => {
    const options = { filter: { subjectKeys }, removed: 'include', limit: 1, direction } as const
    return (await Array.fromAsync(store.readAll({ tenantId }, options)))[0]?.sequence
  }
  const [from, last] = [await end('forwards'), await end('backwards')]
  return from === undefined || last === undefined ? undefined : { from, to: last + 1 }
}
