import type { FastifyInstance } from 'fastify'
import { counted } from '../../../api/counted.ts'
import type { ApproverDraft, RetentionPolicyItem, RetentionRunResult } from '../../../api/types.ts'
import { audit } from '../../delivery/audit.ts'
import type { ServerContext } from '../../server-context.ts'
import { auditChange, maxBody, readBody, readConsent, remover, required, workSignal } from './removal-call.ts'
import { docs } from './removal-docs.ts'
import { toPolicy } from './removal-view.ts'

/** For how long events are kept, and removing those that are old enough. */
export function retentionRoutes(app: FastifyInstance, server: ServerContext): void {
  const { removals } = server.notary

  app.get(
    '/v1/retention-policies',
    { config: { permission: 'removal:manage' }, schema: docs.listPolicies },
    async request => {
      const { tenantId } = await remover(request, server)
      return { data: (await removals.retentionPolicies(tenantId)).map(toPolicy) }
    },
  )

  app.post(
    '/v1/retention-policies',
    { config: { permission: 'removal:manage' }, schema: docs.setPolicy, bodyLimit: maxBody },
    async (request, reply) => {
      const caller = await remover(request, server)
      const known = ['id', 'minimumDays', 'locked', 'eventTypes', 'consent', 'dryRun']
      const reader = await readBody(request, known)
      const id = required(reader, 'id', 64)
      reader.require('minimumDays')
      const minimumDays = reader.number('minimumDays', { least: 0, most: 365_000, isWhole: true }) ?? 1
      const locked = reader.flag('locked')
      const eventTypes = reader.texts('eventTypes', 100, 128)
      const consent = readConsent(reader)
      const dryRun = reader.flag('dryRun')
      reader.done()
      const asked = { id, minimumDays, locked, ...(eventTypes === undefined ? {} : { eventTypes }) }
      if (dryRun) {
        const record = await removals.retentionPolicyRecord(caller.tenantId, asked)
        return reply.send({ dryRun, record } satisfies ApproverDraft)
      }
      const policy = toPolicy(await removals.setRetentionPolicy(caller.tenantId, asked, consent))
      await auditChange(server.platform, caller, policy, {
        action: 'retention_policy.set',
        resource: { type: 'retention-policy', id },
        summary: `Events are kept for ${counted(minimumDays, 'day')} at least: ${id}`,
        details: { version: policy.version, minimumDays, locked },
      })
      const unknown = await unknownTypes(server, caller.tenantId, eventTypes ?? [])
      const warning = unknown.length > 0 ? { warning: nothingKept(unknown) } : {}
      return reply.code(201).send({ ...policy, ...warning } satisfies RetentionPolicyItem)
    },
  )

  app.post(
    '/v1/retention-runs',
    { config: { permission: 'removal:manage' }, schema: docs.runRetention, bodyLimit: maxBody },
    async (request, reply): Promise<RetentionRunResult> => {
      const caller = await remover(request, server)
      const reader = await readBody(request, ['policy', 'before', 'dryRun'])
      const policy = required(reader, 'policy', 64)
      const before = reader.time('before')
      const dryRun = reader.flag('dryRun')
      reader.done()
      const report = await removals.applyRetention(caller.tenantId, policy, {
        dryRun,
        signal: workSignal(reply, server),
        ...(before === undefined ? {} : { before: Date.parse(before) }),
      })
      if (!dryRun)
        await audit(server.platform, caller, {
          action: 'retention.applied',
          resource: { type: 'retention-policy', id: policy },
          summary: `Content of ${counted(report.removed, 'event')} removed as ${report.policy} says`,
          details: { removed: report.removed, held: report.held, unreachable: report.unreachable },
        })
      return report
    },
  )
}

/** Those of the types that neither the catalogue has, nor the tenant's own, nor any event of its log. */
async function unknownTypes(
  { platform }: ServerContext,
  tenantId: string,
  types: readonly string[],
): Promise<readonly string[]> {
  const { catalog, registry, store } = platform
  await registry.load(tenantId)
  const unknown: string[] = []
  for (const type of new Set(types)) {
    if (catalog.get(type) ?? registry.ownTypes(tenantId).get(type)) continue
    const options = { filter: { types: [type] }, limit: 1, removed: 'include' } as const
    const found = await Array.fromAsync(store.readAll({ tenantId }, options))
    if (found.length === 0) unknown.push(type)
  }
  return unknown
}

const nothingKept = (types: readonly string[]): string =>
  `There is no event type ${types.join(', ')}, in the catalogue or the log: the policy is for what comes later; look whether the name is right`
