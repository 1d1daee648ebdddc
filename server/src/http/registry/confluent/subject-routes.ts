import type { FastifyInstance } from 'fastify'
import type { Registry } from 'keelson'
import type { ServerContext } from '../../server-context.ts'
import { registryCaller } from '../registry-caller.ts'
import { maxBody } from '../request-body.ts'
import { foreign } from '../route-docs.ts'
import { toVersion } from '../schema-routes.ts'
import { isTrue, pageOf, queryOf, readSchemaRequest } from './foreign-request.ts'
import { toForeignVersion } from './foreign-schema.ts'

interface SubjectParams {
  readonly Params: { readonly subject: string }
}
interface VersionParams {
  readonly Params: { readonly subject: string; readonly version: string }
}

/** `/subjects`: what is registered under which name. */
export function foreignSubjectRoutes(app: FastifyInstance, server: ServerContext, registry: Registry): void {
  readingRoutes(app, server, registry)
  changingRoutes(app, server, registry)
}

function readingRoutes(app: FastifyInstance, { directory }: ServerContext, registry: Registry): void {
  app.get(
    '/subjects',
    { config: { permission: 'schemas:read' }, schema: foreign('confluentSubjects', 'Names of subjects') },
    async request => {
      const { scope } = await registryCaller(request, directory)
      const query = queryOf(request)
      const includeDeleted = isTrue(query['deleted']) || isTrue(query['deletedOnly'])
      const { items } = await registry.subjects(scope, {
        prefix: query['subjectPrefix'] ?? '',
        includeDeleted,
      })
      const shown = isTrue(query['deletedOnly']) ? items.filter(({ isDeleted }) => isDeleted) : items
      return pageOf(
        shown.map(({ subject }) => subject),
        query,
      )
    },
  )

  app.get<SubjectParams>(
    '/subjects/:subject/versions',
    { config: { permission: 'schemas:read' }, schema: foreign('confluentVersions', 'Versions of a subject') },
    async request => {
      const { scope } = await registryCaller(request, directory)
      const query = queryOf(request)
      const includeDeleted = isTrue(query['deleted']) || isTrue(query['deletedOnly'])
      const { versions } = await registry.subject(scope, request.params.subject, { includeDeleted })
      return pageOf(versions, query)
    },
  )

  app.get<VersionParams>(
    '/subjects/:subject/versions/:version',
    {
      config: { permission: 'schemas:read' },
      schema: foreign('confluentVersion', 'One version of a subject'),
    },
    async request => {
      const { scope } = await registryCaller(request, directory)
      const { subject, version } = request.params
      const { deleted, format } = queryOf(request)
      const options = { includeDeleted: isTrue(deleted) }
      return toForeignVersion(await registry.version(scope, subject, toVersion(version), options), format)
    },
  )

  app.get<VersionParams>(
    '/subjects/:subject/versions/:version/schema',
    {
      config: { permission: 'schemas:read' },
      schema: foreign('confluentVersionText', 'Text of one version'),
    },
    async (request, reply) => {
      const { scope } = await registryCaller(request, directory)
      const { subject, version } = request.params
      const options = { includeDeleted: isTrue(queryOf(request)['deleted']) }
      const { schema } = await registry.version(scope, subject, toVersion(version), options)
      return reply.serializer((text: string) => text).send(schema)
    },
  )

  app.get<VersionParams>(
    '/subjects/:subject/versions/:version/referencedby',
    {
      config: { permission: 'schemas:read' },
      schema: foreign('confluentReferencedBy', 'Ids of the schemas that refer to a version'),
    },
    async request => {
      const { scope } = await registryCaller(request, directory)
      const { subject, version } = request.params
      return registry.referencedBy(scope, subject, toVersion(version))
    },
  )

  app.post<SubjectParams>(
    '/subjects/:subject',
    {
      config: { permission: 'schemas:read' },
      schema: foreign('confluentLookup', 'The version that has a schema'),
      bodyLimit: maxBody,
    },
    async request => {
      const { scope } = await registryCaller(request, directory)
      const wanted = await readSchemaRequest(request)
      const options = { includeDeleted: isTrue(queryOf(request)['deleted']) }
      return toForeignVersion(await registry.lookup(scope, request.params.subject, wanted, options))
    },
  )
}

function changingRoutes(app: FastifyInstance, { directory }: ServerContext, registry: Registry): void {
  app.post<SubjectParams>(
    '/subjects/:subject/versions',
    {
      config: { permission: 'schemas:write' },
      schema: foreign('confluentRegister', 'Register a schema'),
      bodyLimit: maxBody,
    },
    async request => {
      const { scope, act } = await registryCaller(request, directory)
      const { subject } = request.params
      const wanted = await readSchemaRequest(request)
      const { id, version } = await act(() => registry.register(scope, subject, wanted))
      const { schemaType, schema, references } = wanted
      return { id, version, schemaType, schema, references }
    },
  )

  app.delete<SubjectParams>(
    '/subjects/:subject',
    {
      config: { permission: 'schemas:manage' },
      schema: foreign('confluentDeleteSubject', 'Delete a subject'),
    },
    async request => {
      const { scope, act } = await registryCaller(request, directory)
      const isPermanent = isTrue(queryOf(request)['permanent'])
      return act(() => registry.deleteSubject(scope, request.params.subject, isPermanent))
    },
  )

  app.delete<VersionParams>(
    '/subjects/:subject/versions/:version',
    {
      config: { permission: 'schemas:manage' },
      schema: foreign('confluentDeleteVersion', 'Delete a version'),
    },
    async request => {
      const { scope, act } = await registryCaller(request, directory)
      const { subject, version } = request.params
      const isPermanent = isTrue(queryOf(request)['permanent'])
      return act(() => registry.deleteVersion(scope, subject, toVersion(version), isPermanent))
    },
  )
}
