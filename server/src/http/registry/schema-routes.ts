import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Registry, SchemaVersion, SubjectQuery } from 'keelson'
import { KeelsonError } from 'keelson'
import { sendTagged, tagged } from '../etag.ts'
import { QueryReader } from '../query.ts'
import type { ServerContext } from '../server-context.ts'
import { registryCaller } from './registry-caller.ts'
import { maxBody, readObject, refuseUnknown, toSchemaRequest } from './request-body.ts'
import { docs } from './route-docs.ts'

export interface SubjectParams {
  readonly Params: { readonly subject: string }
}

const requestMembers = ['schema', 'schemaType', 'references', 'event', 'compatibility']

/** Schemas: listed, found by hash and id, registered and checked. */
export function schemaRoutes(app: FastifyInstance, server: ServerContext, registry: Registry): void {
  const { directory } = server

  app.get(
    '/v1/schemas',
    { config: { permission: 'schemas:read' }, schema: docs.list },
    async (request, reply) => {
      const { scope } = await registryCaller(request, directory)
      const { items, hasMore } = await registry.subjects(scope, readQuery(request))
      const nextCursor = hasMore ? toCursor(items.at(-1)?.subject as string) : null
      return sendTagged(request, reply, tagged({ data: items, page: { nextCursor } }))
    },
  )

  app.get<{ Params: { hash: string } }>(
    '/v1/schemas/by-hash/:hash',
    { config: { permission: 'schemas:read' }, schema: docs.byHash },
    async (request, reply) => {
      const { scope } = await registryCaller(request, directory)
      return sendTagged(
        request,
        reply,
        tagged(await registry.byHash(scope, request.params.hash.toLowerCase())),
      )
    },
  )

  app.get<{ Params: { id: string } }>(
    '/v1/schemas/by-id/:id',
    { config: { permission: 'schemas:read' }, schema: docs.byId },
    async (request, reply) => {
      const { scope } = await registryCaller(request, directory)
      const id = /^\d{1,15}$/.test(request.params.id) ? Number(request.params.id) : 0
      return sendTagged(request, reply, tagged(await registry.byId(scope, id)))
    },
  )

  app.get<SubjectParams>(
    '/v1/schemas/:subject',
    { config: { permission: 'schemas:read' }, schema: docs.subject },
    async (request, reply) => {
      const { scope } = await registryCaller(request, directory)
      return sendTagged(request, reply, tagged(await registry.subject(scope, request.params.subject)))
    },
  )

  app.post<SubjectParams>(
    '/v1/schemas/:subject',
    { config: { permission: 'schemas:write' }, schema: docs.register, bodyLimit: maxBody },
    (request, reply) => register(request, reply, server, registry),
  )

  app.post<SubjectParams>(
    '/v1/schemas/:subject/compatibility-check',
    { config: { permission: 'schemas:read' }, schema: docs.check, bodyLimit: maxBody },
    async request => {
      const { scope } = await registryCaller(request, directory)
      const query = new QueryReader(request.query, ['version'])
      const version = query.text('version')
      query.done()
      const options = { mustExist: true, ...(version !== undefined && { version: toVersion(version) }) }
      return registry.check(scope, request.params.subject, await readRequest(request), options)
    },
  )
}

/** The body of a version, with its ETag: the same wherever it is sent. */
export const versionBody = (version: SchemaVersion) => tagged(version)

/** @throws KeelsonError `request_invalid` where it is no number of a version. */
export function toVersion(text: string): number | 'latest' {
  if (text === 'latest' || text === '-1') return 'latest'
  if (/^[1-9]\d{0,9}$/.test(text)) return Number(text)
  throw new KeelsonError(
    'request_invalid',
    `"${text.slice(0, 40)}" is no version: use a number from 1, or latest`,
    {
      invalid: 'version',
    },
  )
}

export function readFlag(query: QueryReader, name: string): boolean {
  return query.oneOf(name, ['true', 'false'] as const, 'false') === 'true'
}

async function register(
  request: FastifyRequest<SubjectParams>,
  reply: FastifyReply,
  { directory }: ServerContext,
  registry: Registry,
): Promise<FastifyReply> {
  const { scope, act } = await registryCaller(request, directory)
  const query = new QueryReader(request.query, ['dryRun'])
  const isDryRun = readFlag(query, 'dryRun')
  query.done()
  const { subject } = request.params
  const wanted = await readRequest(request)
  if (isDryRun) return reply.send(await registry.check(scope, subject, wanted, { isRegistration: true }))
  const guard = (newest: SchemaVersion | undefined) => checkPrecondition(request, newest)
  const made = await act(() => registry.register(scope, subject, wanted, { guard }))
  const version = await registry.version(scope, subject, made.version, { includeDeleted: true })
  const body = versionBody(version)
  return reply
    .code(made.isNew ? 201 : 200)
    .header('location', `/v1/schemas/${encodeURIComponent(subject)}/versions/${made.version}`)
    .header('etag', body.etag)
    .header('content-type', body.mediaType)
    .send(JSON.stringify({ ...version, ...hintOf(version) }))
}

/** Whoever means to publish events of this name is told at once that it takes more. */
function hintOf({ schemaType, schemaVersion }: SchemaVersion): { readonly hint?: string } {
  if (schemaType !== 'JSON' || schemaVersion !== undefined) return {}
  const hint =
    'This is a schema, not an event type: to publish events of this name, register it with `event` (topic, summary, producer and more)'
  return { hint }
}

/** @throws KeelsonError `precondition_failed`. */
function checkPrecondition(request: FastifyRequest, newest: SchemaVersion | undefined): void {
  const header = request.headers['if-match']
  if (header === undefined) return
  const tags = header.split(',').map(tag => tag.trim())
  const isMet = newest !== undefined && (tags.includes('*') || tags.includes(versionBody(newest).etag))
  if (!isMet)
    throw new KeelsonError('precondition_failed', 'The newest version is not the one that If-Match names', {
      ...(newest && { version: newest.version }),
    })
}

async function readRequest(request: FastifyRequest) {
  const body = await readObject(request)
  refuseUnknown(body, requestMembers)
  return toSchemaRequest(body)
}

function readQuery(request: FastifyRequest): SubjectQuery {
  const query = new QueryReader(request.query, ['q', 'prefix', 'scope', 'deprecated', 'limit', 'cursor'])
  const text = query.text('q')
  const prefix = query.text('prefix')
  const scope = query.oneOf('scope', ['tenant', 'platform', 'any'] as const, 'any')
  const deprecated = query.oneOf('deprecated', ['true', 'false', 'any'] as const, 'any')
  const limit = query.integer('limit', 1, 500, 100)
  const cursor = query.text('cursor')
  query.done()
  return {
    limit,
    ...(text !== undefined && { text }),
    ...(prefix !== undefined && { prefix }),
    ...(scope !== 'any' && { scope }),
    ...(deprecated !== 'any' && { isDeprecated: deprecated === 'true' }),
    ...(cursor !== undefined && { after: fromCursor(cursor) }),
  }
}

const toCursor = (subject: string): string => Buffer.from(`s${subject}`).toString('base64url')

function fromCursor(cursor: string): string {
  const text = Buffer.from(cursor, 'base64url').toString()
  if (text.startsWith('s')) return text.slice(1)
  throw new KeelsonError('cursor_invalid')
}
