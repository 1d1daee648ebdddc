import type { FastifyInstance, FastifyReply } from 'fastify'
import { KeelsonError } from 'keelson'
import type { DeadLetterGroup } from 'keelson/delivery'
import { deadLetter, groupDeadLetters, listDeadLetters } from 'keelson/delivery'
import type {
  DeadLetterDetail,
  DeadLetterGroupItem,
  DeadLetterGroupPage,
  DeadLetterItem,
  DeadLetterPageView,
} from '../../../api/types.ts'
import type { ServerContext } from '../../server-context.ts'
import type { TenantViewer } from '../delivery-caller.ts'
import { tenantViewer } from '../delivery-caller.ts'
import { docs } from '../delivery-docs.ts'
import { toDeadLetterDetail, toDeadLetterItem } from './dead-letter-view.ts'
import type { LetterCursor, LetterFilter } from './letter-query.ts'
import { fromLetterCursor, readLetterQuery, toLetterCursor } from './letter-query.ts'
import type { LetterSource } from './letter-source.ts'
import { findLetterSource, letterSources } from './letter-source.ts'

export interface LetterParams {
  readonly Params: { readonly subscription: string; readonly id: string }
}

/** Dead letters that are looked at for groups, of all subscriptions together. */
const mostGrouped = 10_000

/** Dead letters: listed, grouped and shown. */
export function deadLetterRoutes(app: FastifyInstance, server: ServerContext): void {
  const { directory } = server

  app.get(
    '/v1/dead-letters',
    { config: { permission: 'dead-letters:read' }, schema: docs.listLetters },
    async (request): Promise<DeadLetterPageView> => {
      const viewer = await tenantViewer(request, directory)
      const { reader, filter, subscription } = readLetterQuery(request.query, ['limit', 'cursor', 'after'])
      const limit = reader.integer('limit', 1, 500, 50)
      const cursor = reader.text('cursor') ?? reader.text('after')
      reader.done()
      const after = cursor === undefined ? undefined : fromLetterCursor(cursor)
      const sources = await sourcesOf(server, viewer, subscription)
      const { data, next } = await readPage(server, viewer, sources, { filter, limit, after })
      const nextCursor = next === undefined ? null : toLetterCursor(next)
      return { data, page: { nextCursor, hasMore: nextCursor !== null } }
    },
  )

  app.get(
    '/v1/dead-letters/groups',
    { config: { permission: 'dead-letters:read' }, schema: docs.groupLetters },
    async (request): Promise<DeadLetterGroupPage> => {
      const viewer = await tenantViewer(request, directory)
      const { reader, filter, subscription } = readLetterQuery(request.query, [])
      reader.done()
      const sources = await sourcesOf(server, viewer, subscription)
      return readGroups(server, viewer, sources, filter)
    },
  )

  app.get<LetterParams>(
    '/v1/dead-letters/:subscription/:id',
    { config: { permission: 'dead-letters:read' }, schema: docs.showLetter },
    async (request, reply) => {
      const viewer = await tenantViewer(request, directory)
      const source = await findLetterSource(server, viewer, request.params.subscription)
      return sendLetter(reply, await readLetter(server, viewer, source, request.params.id))
    },
  )
}

export function sendLetter(reply: FastifyReply, detail: DeadLetterDetail): FastifyReply {
  return reply.header('etag', detail.etag).header('cache-control', 'private, no-cache').send(detail)
}

/** @throws KeelsonError `dead_letter_unknown`. */
export async function readLetter(
  { platform }: ServerContext,
  { tenantId }: TenantViewer,
  { name, engineName }: LetterSource,
  id: string,
): Promise<DeadLetterDetail> {
  const address = { subscription: engineName, tenantId, position: toPosition(id) }
  const { letter, event } = await deadLetter(platform.store, address).catch(error => {
    // The engine's name of it is nobody's business.
    if (error instanceof KeelsonError && error.code === 'dead_letter_unknown')
      throw new KeelsonError('dead_letter_unknown', `"${name}" has no dead letter ${address.position}`)
    throw error
  })
  return toDeadLetterDetail(name, letter, event)
}

/** @throws KeelsonError `dead_letter_unknown` where it is none. */
export function toPosition(id: string): number {
  if (/^\d{1,15}$/.test(id)) return Number(id)
  throw new KeelsonError(
    'dead_letter_unknown',
    `A dead letter has a number, and "${id.slice(0, 40)}" is none`,
  )
}

async function sourcesOf(
  server: ServerContext,
  viewer: TenantViewer,
  subscription: string | undefined,
): Promise<readonly LetterSource[]> {
  if (subscription === undefined) return letterSources(server, viewer)
  return [await findLetterSource(server, viewer, subscription)]
}

interface PageQuery {
  readonly filter: LetterFilter
  readonly limit: number
  readonly after: LetterCursor | undefined
}

/** One subscription after the other. */
async function readPage(
  { platform: { store } }: ServerContext,
  { tenantId }: TenantViewer,
  sources: readonly LetterSource[],
  { filter, limit, after }: PageQuery,
): Promise<{ readonly data: readonly DeadLetterItem[]; readonly next: LetterCursor | undefined }> {
  const data: DeadLetterItem[] = []
  let last = after
  for (const { name, engineName } of sources) {
    if (after !== undefined && engineName < after.engineName) continue
    const isBegun = after?.engineName === engineName
    const query = { ...filter, subscription: engineName, scope: { tenantId } }
    const { letters, next } = await listDeadLetters(store, query, {
      // One more than fits says whether there is more.
      limit: Math.max(1, limit - data.length),
      ...(isBegun ? { after: after.after } : {}),
    })
    if (data.length === limit) {
      if (letters.length > 0) return { data, next: last }
      continue
    }
    data.push(...letters.map(letter => toDeadLetterItem(name, letter)))
    if (next !== undefined) return { data, next: { engineName, after: next } }
    // The place behind every letter of this one.
    last = { engineName, after: `${'9'.repeat(16)}#0` }
  }
  return { data, next: undefined }
}

async function readGroups(
  { platform: { store } }: ServerContext,
  { tenantId }: TenantViewer,
  sources: readonly LetterSource[],
  filter: LetterFilter,
): Promise<DeadLetterGroupPage> {
  const data: DeadLetterGroupItem[] = []
  let isWhole = true
  let left = mostGrouped
  for (const { name, engineName } of sources) {
    const query = { ...filter, subscription: engineName, scope: { tenantId } }
    const { groups, isComplete } = await groupDeadLetters(store, query, left)
    data.push(...groups.map(group => toGroup(name, group)))
    left -= groups.reduce((sum, { count }) => sum + count, 0)
    isWhole &&= isComplete
    if (left <= 0) break
  }
  return { data: data.toSorted((a, b) => b.count - a.count), isComplete: isWhole }
}

const toGroup = (subscription: string, group: DeadLetterGroup): DeadLetterGroupItem => ({
  subscription,
  fingerprint: group.fingerprint,
  reason: group.reason,
  error: group.error,
  count: group.count,
  eventTypes: group.eventTypes,
  firstAt: new Date(group.firstAt).toISOString(),
  lastAt: new Date(group.lastAt).toISOString(),
})
