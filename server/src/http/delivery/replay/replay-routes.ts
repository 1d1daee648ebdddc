import type { FastifyInstance } from 'fastify'
import { KeelsonError, parseFilter } from 'keelson'
import type { ReplayPlace, ReplayQuery, RunRecord } from 'keelson/delivery'
import {
  abortReplay,
  countEvents,
  listReplays,
  pauseReplay,
  resumeReplay,
  showReplay,
  startReplay,
} from 'keelson/delivery'
import type { ReplayItem, ReplayPage, ReplayResult, ReplayState } from '../../../api/types.ts'
import { QueryReader } from '../../query.ts'
import type { ServerContext } from '../../server-context.ts'
import { audit } from '../audit.ts'
import { mostPerSecond } from '../dead-letter/dead-letter-actions.ts'
import type { TenantViewer } from '../delivery-caller.ts'
import { tenantViewer } from '../delivery-caller.ts'
import { docs } from '../delivery-docs.ts'
import { MemberReader, readObject, refuseMembers } from '../member-reader.ts'
import { toReplayItem } from './replay-view.ts'

interface ReplayParams {
  readonly Params: { readonly id: string }
}

const maxBody = 64 * 1024
const states: readonly ReplayState[] = ['running', 'paused', 'done', 'aborted', 'failed']
const steps = { pause: pauseReplay, resume: resumeReplay, abort: abortReplay } as const
const done = { pause: 'paused', resume: 'resumed', abort: 'aborted' } as const

/** Replays: of the log to a subscription, and of dead letters; those of the caller's tenant alone. */
export function replayRoutes(app: FastifyInstance, server: ServerContext): void {
  const { directory, platform } = server
  const { store } = platform

  app.get(
    '/v1/replays',
    { config: { permission: 'subscriptions:read' }, schema: docs.listReplays },
    async (request): Promise<ReplayPage> => {
      const { tenantId } = await tenantViewer(request, directory)
      const query = new QueryReader(request.query, ['state', 'kind', 'limit', 'cursor'])
      const state = query.text('state') === undefined ? undefined : query.oneOf('state', states, 'running')
      const isKind = query.text('kind') !== undefined
      const kind = isKind ? query.oneOf('kind', ['log', 'dead-letters'] as const, 'log') : undefined
      const limit = query.integer('limit', 1, 500, 50)
      const cursor = query.text('cursor')
      query.done()
      const { runs, next } = await listReplays(store, {
        tenantId,
        limit,
        ...(state === undefined ? {} : { state }),
        ...(kind === undefined ? {} : { kind }),
        ...(cursor === undefined ? {} : { after: fromCursor(cursor) }),
      })
      const nextCursor = next === undefined ? null : toCursor(next)
      return { data: runs.map(toReplayItem), page: { nextCursor, hasMore: nextCursor !== null } }
    },
  )

  app.get<ReplayParams>(
    '/v1/replays/:id',
    { config: { permission: 'subscriptions:read' }, schema: docs.showReplay },
    async (request): Promise<ReplayItem> => {
      const { tenantId } = await tenantViewer(request, directory)
      return toReplayItem(await find(server, tenantId, request.params.id))
    },
  )

  app.post(
    '/v1/replays',
    { config: { permission: 'subscriptions:manage' }, schema: docs.startReplay, bodyLimit: maxBody },
    async (request, reply) => {
      const caller = await tenantViewer(request, directory)
      const asked = readRequest(new MemberReader(await readObject(request, maxBody), requestMembers))
      const result = await begin(server, caller, asked)
      return reply.code(asked.dryRun ? 200 : 202).send(result)
    },
  )

  for (const step of ['pause', 'resume', 'abort'] as const) {
    app.post<ReplayParams>(
      `/v1/replays/:id/${step}`,
      { config: { permission: 'subscriptions:manage' }, schema: docs[`${step}Replay`] },
      async (request): Promise<ReplayItem> => {
        const caller = await tenantViewer(request, directory)
        await refuseMembers(request)
        const { id } = await find(server, caller.tenantId, request.params.id)
        const run = await steps[step](store, { tenantId: caller.tenantId, id }, { by: caller.key.id })
        await audit(platform, caller, act(done[step], toReplayItem(run)))
        return toReplayItem(run)
      },
    )
  }
}

const requestMembers = [
  'subscription',
  'from',
  'to',
  'types',
  'topics',
  'filter',
  'ratePerSecond',
  'withSideEffects',
  'dryRun',
]

interface Asked {
  readonly subscription: string
  readonly query: Omit<ReplayQuery, 'tenantId'>
  readonly ratePerSecond: number | undefined
  readonly withSideEffects: boolean
  readonly dryRun: boolean
}

function readRequest(reader: MemberReader): Asked {
  reader.require('subscription')
  const subscription = reader.text('subscription', 128) ?? ''
  const [from, to] = [readPlace(reader, 'from'), readPlace(reader, 'to')]
  const [types, topics] = [reader.texts('types', 100, 128), reader.texts('topics', 100, 128)]
  const filter = reader.text('filter', 10_000)
  const ratePerSecond = reader.number('ratePerSecond', { least: 0.01, most: mostPerSecond })
  const withSideEffects = reader.flag('withSideEffects')
  const dryRun = reader.flag('dryRun')
  reader.done()
  if (filter !== undefined) parseFilter(filter)
  const query = {
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
    ...(types === undefined ? {} : { types }),
    ...(topics === undefined ? {} : { topics }),
    ...(filter === undefined ? {} : { filter }),
  }
  return { subscription, query, ratePerSecond, withSideEffects, dryRun }
}

function readPlace(body: MemberReader, name: string): ReplayPlace | undefined {
  const reader = body.object(name, ['position', 'time'])
  if (reader === undefined) return undefined
  const position = reader.number('position', { least: 0, most: Number.MAX_SAFE_INTEGER, isWhole: true })
  const time = reader.time('time')
  if (reader.has('position') === reader.has('time')) body.fault(name, 'must be one position or one time')
  if (position !== undefined) return { position }
  return time === undefined ? undefined : { time }
}

async function begin(
  { platform, subscriptions }: ServerContext,
  caller: TenantViewer,
  { subscription: name, query: asked, ratePerSecond, withSideEffects, dryRun }: Asked,
): Promise<ReplayResult> {
  const seen = await subscriptions.find(caller, name)
  if (seen.kind === 'projection')
    throw new KeelsonError('request_invalid', `"${name}" is a projection: it is rebuilt, not replayed to`)
  const { store } = platform
  const subscription = subscriptions.replayTarget(seen)
  const query = { ...asked, tenantId: caller.tenantId }
  const { matched } = await countEvents({ ...query, store, subscription })
  if (dryRun) return { dryRun, matched, run: null }
  const run = subscriptions.replays.add(
    await startReplay(store, {
      ...query,
      subscription,
      by: caller.key.id,
      withSideEffects,
      ...(ratePerSecond === undefined ? {} : { ratePerSecond }),
    }),
  )
  await audit(platform, caller, act('started', toReplayItem(run)))
  return { dryRun, matched, run: toReplayItem(run) }
}

/** @throws KeelsonError `run_unknown`. */
async function find({ platform }: ServerContext, tenantId: string, id: string): Promise<RunRecord> {
  if (!/^[\w-]{1,100}$/.test(id)) throw new KeelsonError('run_unknown')
  return showReplay(platform.store, { tenantId, id }).catch(error => {
    if (error instanceof KeelsonError && error.code === 'run_unknown')
      throw new KeelsonError('run_unknown', `There is no replay "${id}"`)
    throw error
  })
}

const act = (what: string, { id, subscription, query, withSideEffects }: ReplayItem) => ({
  action: `replay.${what}`,
  resource: { type: 'subscription', id: subscription },
  summary: `Replay ${what}: ${subscription}`,
  details: { run: id, query: { ...query }, withSideEffects },
})

const toCursor = (id: string): string => Buffer.from(`r${id}`).toString('base64url')

/** @throws KeelsonError `cursor_invalid`. */
function fromCursor(cursor: string): string {
  const text = Buffer.from(cursor, 'base64url').toString()
  if (/^r[\w-]{1,100}$/.test(text)) return text.slice(1)
  throw new KeelsonError('cursor_invalid')
}
