import type { FastifyInstance } from 'fastify'
import type { CompatibilityMode, DeprecationRequest, JsonObject, Registry } from 'keelson'
import { compatibilityModes, KeelsonError } from 'keelson'
import { sendTagged, tagged } from '../etag.ts'
import { QueryReader } from '../query.ts'
import type { ServerContext } from '../server-context.ts'
import { registryCaller } from './registry-caller.ts'
import { lowerCase, maxBody, readObject, refuseUnknown } from './request-body.ts'
import { docs } from './route-docs.ts'
import type { SubjectParams } from './schema-routes.ts'
import { readFlag, toVersion, versionBody } from './schema-routes.ts'

interface VersionParams {
  readonly Params: { readonly subject: string; readonly version: string }
}

/** What stands under one subject: its versions, its deprecation, its compatibility. */
export function subjectRoutes(app: FastifyInstance, server: ServerContext, registry: Registry): void {
  versionRoutes(app, server, registry)
  settingRoutes(app, server, registry)
}

function versionRoutes(app: FastifyInstance, { directory }: ServerContext, registry: Registry): void {
  app.get<SubjectParams>(
    '/v1/schemas/:subject/versions',
    { config: { permission: 'schemas:read' }, schema: docs.versions },
    async (request, reply) => {
      const { scope } = await registryCaller(request, directory)
      const { subject } = request.params
      const { versions } = await registry.subject(scope, subject)
      const found = await Promise.all(versions.map(version => registry.version(scope, subject, version)))
      const data = found.map(({ schema: _, ...version }) => version)
      return sendTagged(request, reply, tagged({ data }))
    },
  )

  app.get<VersionParams>(
    '/v1/schemas/:subject/versions/:version',
    { config: { permission: 'schemas:read' }, schema: docs.version },
    async (request, reply) => {
      const { scope } = await registryCaller(request, directory)
      const { subject, version } = request.params
      const found = await registry.version(scope, subject, toVersion(version))
      return sendTagged(request, reply, versionBody(found))
    },
  )

  app.delete<VersionParams>(
    '/v1/schemas/:subject/versions/:version',
    { config: { permission: 'schemas:manage' }, schema: docs.deleteVersion },
    async (request, reply) => {
      const { scope, act } = await registryCaller(request, directory)
      const { subject, version } = request.params
      const isPermanent = readPermanent(request.query)
      await act(() => registry.deleteVersion(scope, subject, toVersion(version), isPermanent))
      return reply.code(204).send()
    },
  )

  app.delete<SubjectParams>(
    '/v1/schemas/:subject',
    { config: { permission: 'schemas:manage' }, schema: docs.deleteSubject },
    async (request, reply) => {
      const { scope, act } = await registryCaller(request, directory)
      const isPermanent = readPermanent(request.query)
      await act(() => registry.deleteSubject(scope, request.params.subject, isPermanent))
      return reply.code(204).send()
    },
  )
}

function settingRoutes(app: FastifyInstance, { directory }: ServerContext, registry: Registry): void {
  app.put<SubjectParams>(
    '/v1/schemas/:subject/deprecation',
    { config: { permission: 'schemas:manage' }, schema: docs.deprecate, bodyLimit: maxBody },
    async request => {
      const { scope, act } = await registryCaller(request, directory)
      const deprecation = toDeprecation(await readObject(request))
      return act(() => registry.deprecate(scope, request.params.subject, deprecation))
    },
  )

  app.get<SubjectParams>(
    '/v1/schemas/:subject/compatibility',
    { config: { permission: 'schemas:read' }, schema: docs.readCompatibility },
    async (request, reply) => {
      const { scope } = await registryCaller(request, directory)
      const { value, isOwn } = await registry.compatibility(scope, request.params.subject)
      return sendTagged(request, reply, tagged({ compatibility: value, isInherited: !isOwn }))
    },
  )

  app.put<SubjectParams>(
    '/v1/schemas/:subject/compatibility',
    { config: { permission: 'schemas:write' }, schema: docs.setCompatibility, bodyLimit: maxBody },
    async request => {
      const { scope, act } = await registryCaller(request, directory)
      const body = await readObject(request)
      refuseUnknown(body, ['compatibility'])
      const mode = body['compatibility'] === null ? undefined : toMode(body['compatibility'])
      const { subject } = request.params
      await act(() => registry.setCompatibility(scope, subject, mode))
      const { value, isOwn } = await registry.compatibility(scope, subject)
      return { compatibility: value, isInherited: !isOwn }
    },
  )
}

/** @throws KeelsonError `request_invalid`, with the modes in the words of who asks. */
export function toMode(
  value: JsonObject[string] | undefined,
  inWords: (mode: CompatibilityMode) => string = mode => mode,
): CompatibilityMode {
  const mode = lowerCase(value ?? '')
  const found = compatibilityModes.find(known => known === mode)
  if (found !== undefined) return found
  throw new KeelsonError(
    'request_invalid',
    `/compatibility must be one of ${compatibilityModes.map(inWords).join(', ')}`,
    {
      invalid: 'compatibility',
    },
  )
}

function readPermanent(given: unknown): boolean {
  const query = new QueryReader(given, ['permanent'])
  const isPermanent = readFlag(query, 'permanent')
  query.done()
  return isPermanent
}

function toDeprecation(body: JsonObject): DeprecationRequest | undefined {
  refuseUnknown(body, ['reason', 'successor', 'sunset', 'isDeprecated'])
  const { reason, successor, sunset, isDeprecated = true } = body
  if (isDeprecated === false) return undefined
  if (isDeprecated !== true) refuse('/isDeprecated', 'must be true or false')
  if (!isText(reason, 1_000)) refuse('/reason', 'must be a text of 1 to 1000 characters')
  if (successor !== undefined && !isText(successor, 255))
    refuse('/successor', 'must be the name of a subject')
  if (sunset !== undefined && !isDate(sunset)) refuse('/sunset', 'must be a date such as 2027-06-30')
  return {
    reason,
    ...(successor !== undefined && { successor }),
    ...(sunset !== undefined && { sunset }),
  } as DeprecationRequest
}

const isText = (value: unknown, length: number): value is string =>
  typeof value === 'string' && value.trim() !== '' && value.length <= length && value.isWellFormed()

const isDate = (value: unknown): value is string =>
  typeof value === 'string' &&
  /^\d{4}-\d\d-\d\d$/.test(value) &&
  new Date(`${value}T00:00:00Z`).toJSON()?.startsWith(value) === true

function refuse(pointer: string, message: string): never {
  throw new KeelsonError('request_invalid', `${pointer} ${message}`, { faults: [{ pointer, message }] })
}
