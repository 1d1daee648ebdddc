import type { FastifyInstance } from 'fastify'
import type { JsonObject, JsonValue } from 'keelson'
import { completeEvent, KeelsonError } from 'keelson'
import type { DeadLetterQuery } from 'keelson/delivery'
import {
  discardDeadLetters,
  editDeadLetter,
  replayDeadLetters,
  startDeadLetterReplay,
  unparkKey,
} from 'keelson/delivery'
import { counted } from '../../../api/counted.ts'
import type {
  DeadLetterDetail,
  DeadLetterDiscardResult,
  DeadLetterReplayResult,
  UnparkResult,
} from '../../../api/types.ts'
import type { ServerContext } from '../../server-context.ts'
import { audit } from '../audit.ts'
import type { TenantViewer } from '../delivery-caller.ts'
import { tenantViewer } from '../delivery-caller.ts'
import { docs } from '../delivery-docs.ts'
import { MemberReader, readObject } from '../member-reader.ts'
import { ifMatch } from '../precondition.ts'
import { toReplayItem } from '../replay/replay-view.ts'
import type { LetterParams } from './dead-letter-routes.ts'
import { readLetter, sendLetter } from './dead-letter-routes.ts'
import type { LetterFilter } from './letter-query.ts'
import { readLetterSelection } from './letter-query.ts'
import type { LetterSource } from './letter-source.ts'
import { findLetterSource } from './letter-source.ts'

const maxBody = 512 * 1024
/** Events in a second at the most that a rate can ask for. */
export const mostPerSecond = 100_000

/** What is done with dead letters by hand; each is written down in the tenant's log. */
export function deadLetterActions(app: FastifyInstance, server: ServerContext): void {
  const { directory } = server

  app.patch<LetterParams>(
    '/v1/dead-letters/:subscription/:id',
    { config: { permission: 'dead-letters:manage' }, schema: docs.editLetter, bodyLimit: maxBody },
    async (request, reply) => {
      const caller = await tenantViewer(request, directory)
      const reader = new MemberReader(await readObject(request, maxBody), ['payload'])
      reader.require('payload')
      const payload = reader.raw('payload') ?? null
      reader.done()
      const { subscription, id } = request.params
      const source = await findLetterSource(server, caller, subscription)
      refuseReplay(source, 'edited')
      const before = await readLetter(server, caller, source, id)
      checkTag(ifMatch(request), before)
      return sendLetter(reply, await edit(server, caller, source, before, payload))
    },
  )

  app.post(
    '/v1/dead-letters/replay',
    { config: { permission: 'dead-letters:manage' }, schema: docs.replayLetters, bodyLimit: maxBody },
    async (request, reply) => {
      const caller = await tenantViewer(request, directory)
      const body = await readObject(request, maxBody)
      const { reader, filter, subscription } = readLetterSelection(body, ['dryRun', 'ratePerSecond'])
      const dryRun = reader.flag('dryRun')
      const ratePerSecond = reader.number('ratePerSecond', { least: 0.01, most: mostPerSecond })
      reader.done()
      const source = await findLetterSource(server, caller, subscription)
      refuseReplay(source, 'replayed')
      const options = { dryRun, ...(ratePerSecond === undefined ? {} : { ratePerSecond }) }
      const result = await replay(server, caller, source, filter, options)
      return reply.code(dryRun ? 200 : 202).send(result)
    },
  )

  discardRoute(app, server)
  unparkRoute(app, server)
}

function discardRoute(app: FastifyInstance, server: ServerContext): void {
  app.post(
    '/v1/dead-letters/discard',
    { config: { permission: 'dead-letters:manage' }, schema: docs.discardLetters, bodyLimit: maxBody },
    async (request): Promise<DeadLetterDiscardResult> => {
      const caller = await tenantViewer(request, server.directory)
      const body = await readObject(request, maxBody)
      const { reader, filter, subscription } = readLetterSelection(body, ['reason', 'dryRun'])
      reader.require('reason')
      const reason = reader.text('reason', 1_000, { is: /\S/, says: 'a text of 1 to 1,000 characters' }) ?? ''
      const dryRun = reader.flag('dryRun')
      reader.done()
      const source = await findLetterSource(server, caller, subscription)
      const options = { reason, by: caller.key.id, dryRun }
      const counts = await discardDeadLetters(server.platform.store, queryOf(caller, source, filter), options)
      if (!dryRun)
        await audit(server.platform, caller, {
          ...about(source, 'dead_letters.discarded', `${counted(counts.discarded, 'dead letter')} discarded`),
          reason,
          details: { ...counts, query: filter as JsonObject },
        })
      return { dryRun, ...counts }
    },
  )
}

function unparkRoute(app: FastifyInstance, server: ServerContext): void {
  app.post(
    '/v1/dead-letters/unpark',
    { config: { permission: 'dead-letters:manage' }, schema: docs.unparkKey, bodyLimit: maxBody },
    async (request): Promise<UnparkResult> => {
      const caller = await tenantViewer(request, server.directory)
      const reader = new MemberReader(await readObject(request, maxBody), [
        'subscription',
        'orderingKey',
        'how',
      ])
      for (const name of ['subscription', 'orderingKey', 'how']) reader.require(name)
      const subscription = reader.text('subscription', 128) ?? ''
      const orderingKey = reader.text('orderingKey', 1_024) ?? ''
      const how = reader.oneOf('how', ['again', 'skip']) ?? 'again'
      reader.done()
      const source = await findLetterSource(server, caller, subscription)
      const key = { subscription: source.engineName, tenantId: caller.tenantId, orderingKey }
      const released = await unparkKey(server.platform.store, key, how, { by: caller.key.id })
      if (released === undefined)
        throw new KeelsonError('not_found', `The key "${orderingKey.slice(0, 128)}" is not parked`)
      await audit(server.platform, caller, {
        ...about(source, 'ordering_key.unparked', `A key goes on, ${counted(released, 'event')} with it`),
        details: { released, how },
      })
      return { released }
    },
  )
}

/** As the catalogue would take it, so that what was mended by hand is an event of its type still. */
async function edit(
  server: ServerContext,
  caller: TenantViewer,
  source: LetterSource,
  before: DeadLetterDetail,
  payload: JsonValue,
): Promise<DeadLetterDetail> {
  const { catalog, registry, store } = server.platform
  const { tenantId, key } = caller
  if (before.event === null) throw new KeelsonError('event_removed')
  await registry.load(tenantId)
  const { source: from, occurredAt } = before.event
  const event = { ...before.event, payload } as unknown as JsonValue
  const complete = completeEvent(event, { tenantId, ids: noIds, now: Date.parse(occurredAt), source: from })
  catalog.admit(complete, true, registry.ownTypes(tenantId))
  const address = { subscription: source.engineName, tenantId, position: before.id }
  const revision = Number(/-(\d+)"$/.exec(before.etag)?.[1])
  await editDeadLetter(store, address, payload, { by: key.id, at: Date.now(), revision }).catch(error => {
    if (error instanceof KeelsonError && error.code === 'document_conflict')
      throw new KeelsonError('precondition_failed', 'Somebody else has just changed the dead letter')
    throw error
  })
  const after = await readLetter(server, caller, source, String(before.id))
  // Where it was changed, and not to what.
  const changed =
    after.edits
      .at(-1)
      ?.diff.map(({ pointer }) => pointer)
      .slice(0, 50) ?? []
  await audit(server.platform, caller, {
    ...about(source, 'dead_letter.edited', `The payload of dead letter ${before.id} edited`),
    details: { id: before.id, eventId: before.eventId, changed },
  })
  return after
}

/** An event that is in the log has every id already. */
const noIds = {
  ulid(): never {
    throw new KeelsonError('request_invalid', 'The event has no id')
  },
}

async function replay(
  { platform, subscriptions }: ServerContext,
  caller: TenantViewer,
  source: LetterSource,
  filter: LetterFilter,
  options: { readonly dryRun: boolean; readonly ratePerSecond?: number },
): Promise<DeadLetterReplayResult> {
  const { dryRun, ...rate } = options
  const query = queryOf(caller, source, filter)
  const counts = await replayDeadLetters(platform.store, query, { dryRun: true })
  if (dryRun) return { dryRun, ...counts, run: null }
  const run = subscriptions.replays.add(
    await startDeadLetterReplay(platform.store, query, { by: caller.key.id, ...rate }),
  )
  await audit(platform, caller, {
    ...about(source, 'dead_letters.replayed', `Replay of ${counted(counts.matched, 'dead letter')} begun`),
    details: { matched: counts.matched, run: run.id, query: filter as JsonObject, ...rate },
  })
  return { dryRun, ...counts, run: toReplayItem(run) }
}

const queryOf = (
  { tenantId }: TenantViewer,
  { engineName }: LetterSource,
  filter: LetterFilter,
): DeadLetterQuery => ({ ...filter, subscription: engineName, scope: { tenantId } })

const about = ({ name }: LetterSource, action: string, summary: string) => ({
  action,
  resource: { type: 'subscription', id: name },
  summary: `${summary}: ${name}`,
})

function refuseReplay({ isReplay }: LetterSource, what: string): void {
  if (isReplay)
    throw new KeelsonError(
      'request_invalid',
      `What a replay could not do cannot be ${what}: start another replay of these events`,
    )
}

function checkTag(tags: readonly string[] | undefined, { etag }: DeadLetterDetail): void {
  if (tags === undefined || tags.includes('*') || tags.includes(etag)) return
  throw new KeelsonError('precondition_failed', 'The dead letter is not the one that If-Match names')
}
