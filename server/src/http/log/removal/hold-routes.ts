import type { FastifyInstance } from 'fastify'
import type { NewHold } from 'keelson/notary'
import type { HoldItem } from '../../../api/types.ts'
import type { TenantViewer } from '../../delivery/delivery-caller.ts'
import type { MemberReader } from '../../delivery/member-reader.ts'
import type { ServerContext } from '../../server-context.ts'
import type { ById } from './removal-call.ts'
import { auditChange, longestWords, maxBody, readBody, remover, required } from './removal-call.ts'
import { docs } from './removal-docs.ts'
import { toHold } from './removal-view.ts'

const longestName = 1_024

/** Legal holds: what they cover is not removed. */
export function holdRoutes(app: FastifyInstance, server: ServerContext): void {
  const { removals } = server.notary

  app.get(
    '/v1/holds',
    { config: { permission: 'removal:manage' }, schema: docs.listHolds },
    async request => {
      const { tenantId } = await remover(request, server)
      return { data: (await removals.holds(tenantId)).map(toHold).toReversed() }
    },
  )

  app.post(
    '/v1/holds',
    { config: { permission: 'removal:manage' }, schema: docs.setHold, bodyLimit: maxBody },
    async (request, reply) => {
      const caller = await remover(request, server)
      const reader = await readBody(request, ['scope', 'reason'])
      const scope = readScope(reader)
      const reason = required(reader, 'reason', longestWords)
      reader.done()
      const hold = toHold(await removals.setHold(caller.tenantId, { scope, reason }))
      await tell(server, caller, hold, 'set')
      const warning = hold.matches === 0 ? { warning: nothingHeld(scope) } : {}
      return reply.code(201).send({ ...hold, ...warning } satisfies HoldItem)
    },
  )

  app.post<ById>(
    '/v1/holds/:id/release',
    { config: { permission: 'removal:manage' }, schema: docs.releaseHold, bodyLimit: maxBody },
    async (request): Promise<HoldItem> => {
      const caller = await remover(request, server)
      const reader = await readBody(request, ['reason'])
      const reason = required(reader, 'reason', longestWords)
      reader.done()
      const hold = toHold(await removals.releaseHold(caller.tenantId, request.params.id, reason))
      await tell(server, caller, hold, 'released')
      return hold
    },
  )
}

const nothingHeld = (scope: NewHold['scope']): string =>
  `There is nothing of this ${'stream' in scope ? 'stream' : 'subject'} in the log: what comes later is held; look whether the name is right`

/** One of the three; the subject stands in the body, as paths are written into logs on the way. */
function readScope(body: MemberReader): NewHold['scope'] {
  body.require('scope')
  const reader = body.object('scope', ['all', 'subject', 'stream'])
  if (reader === undefined) return { all: true }
  const isAll = reader.flag('all')
  const subject = reader.text('subject', longestName)
  const stream = reader.text('stream', longestName)
  const given = ['all', 'subject', 'stream'].filter(name => reader.has(name))
  if (given.length !== 1 || (given[0] === 'all' && !isAll))
    body.fault('scope', 'must be one of {"all": true}, {"subject": …} and {"stream": …}')
  if (subject !== undefined) return { subject }
  return stream === undefined ? { all: true } : { stream }
}

const tell = (
  { platform }: ServerContext,
  caller: TenantViewer,
  item: HoldItem,
  what: 'set' | 'released',
): Promise<void> =>
  auditChange(platform, caller, item, {
    action: `hold.${what}`,
    resource: { type: 'hold', id: item.id },
    summary: `A legal hold ${what}`,
  })
