import type { FastifyInstance } from 'fastify'
import { KeelsonError } from 'keelson'
import { approverRecord } from 'keelson/notary'
import type { ApproverDraft, ApproverItem } from '../../../api/types.ts'
import type { TenantViewer } from '../../delivery/delivery-caller.ts'
import type { ServerContext } from '../../server-context.ts'
import { auditChange, maxBody, readBody, readConsent, remover, required } from './removal-call.ts'
import { docs } from './removal-docs.ts'
import { toApprover } from './removal-view.ts'

const longestKey = 400

/** Those of the tenant who sign removals. */
export function approverRoutes(app: FastifyInstance, server: ServerContext): void {
  const { removals } = server.notary

  app.get(
    '/v1/approvers',
    { config: { permission: 'removal:manage' }, schema: docs.listApprovers },
    async request => {
      const { tenantId } = await remover(request, server)
      const [data, approvalsNeeded] = await Promise.all([
        removals.approvers(tenantId),
        removals.approvalsNeeded(tenantId),
      ])
      return { data: data.map(toApprover), approvalsNeeded }
    },
  )

  app.post(
    '/v1/approvers',
    { config: { permission: 'removal:manage' }, schema: docs.registerApprover, bodyLimit: maxBody },
    async (request, reply) => {
      const caller = await remover(request, server)
      const reader = await readBody(request, ['key', 'approvalsNeeded', 'consent', 'dryRun'])
      const key = required(reader, 'key', longestKey)
      const approvalsNeeded = reader.number('approvalsNeeded', { least: 1, most: 100, isWhole: true })
      const consent = readConsent(reader)
      const dryRun = reader.flag('dryRun')
      reader.done()
      const approver = { key, ...(approvalsNeeded === undefined ? {} : { approvalsNeeded }) }
      if (dryRun)
        return reply.send({ dryRun, record: approverRecord('register', approver) } satisfies ApproverDraft)
      const made = toApprover(await removals.registerApprover(caller.tenantId, approver, consent))
      await tell(server, caller, made, 'registered')
      return reply.code(201).send(made)
    },
  )

  app.post<{ Params: { name: string } }>(
    '/v1/approvers/:name/revocation',
    { config: { permission: 'removal:manage' }, schema: docs.revokeApprover, bodyLimit: maxBody },
    async (request): Promise<ApproverItem | ApproverDraft> => {
      const caller = await remover(request, server)
      const reader = await readBody(request, ['consent', 'dryRun'])
      const consent = readConsent(reader)
      const dryRun = reader.flag('dryRun')
      reader.done()
      const { name } = request.params
      if (dryRun) {
        const found = (await removals.approvers(caller.tenantId)).find(one => one.name === name)
        if (found === undefined)
          throw new KeelsonError('not_found', `There is no approver "${name.slice(0, 100)}"`)
        return { dryRun, record: approverRecord('revoke', { key: found.key }) }
      }
      const revoked = toApprover(await removals.revokeApprover(caller.tenantId, name, consent))
      await tell(server, caller, revoked, 'revoked')
      return revoked
    },
  )
}

const tell = (
  { platform }: ServerContext,
  caller: TenantViewer,
  item: ApproverItem,
  what: 'registered' | 'revoked',
): Promise<void> =>
  auditChange(platform, caller, item, {
    action: `approver.${what}`,
    resource: { type: 'approver', id: item.name },
    summary: `An approver of removals ${what}: ${item.name}`,
    details: { key: item.key },
  })
