import type { FastifyInstance } from 'fastify'
import type { Registry } from 'keelson'
import { schemaTypes } from 'keelson'
import type { ServerContext } from '../../server-context.ts'
import { registryCaller } from '../registry-caller.ts'
import { foreign } from '../route-docs.ts'
import { isTrue, pageOf, queryOf } from './foreign-request.ts'
import { toForeignSchema, toForeignVersion, toId } from './foreign-schema.ts'

interface IdParams {
  readonly Params: { readonly id: string }
}

/** Texts in one answer; `offset` leads on. */
const maxTexts = 500

/** `/schemas`: schemas by their ids. */
export function foreignSchemaRoutes(app: FastifyInstance, server: ServerContext, registry: Registry): void {
  const { directory } = server

  app.get(
    '/schemas/types',
    { config: { permission: 'schemas:read' }, schema: foreign('confluentTypes', 'Languages of schemas') },
    async request => {
      await registryCaller(request, directory)
      return schemaTypes
    },
  )

  app.get(
    '/schemas',
    {
      config: { permission: 'schemas:read' },
      schema: foreign('confluentSchemas', 'Versions of all subjects'),
    },
    async request => {
      const { scope } = await registryCaller(request, directory)
      const query = queryOf(request)
      const options = { includeDeleted: isTrue(query['deleted']) }
      const { items } = await registry.subjects(scope, { prefix: query['subjectPrefix'] ?? '', ...options })
      const names = items.flatMap(({ subject, version, versions }) =>
        (isTrue(query['latestOnly']) ? [version] : versions).map(number => ({ subject, number })),
      )
      const found = pageOf(names, query, maxTexts).map(({ subject, number }) =>
        registry.version(scope, subject, number, options),
      )
      return (await Promise.all(found)).map(version => toForeignVersion(version))
    },
  )

  app.get<IdParams>(
    '/schemas/ids/:id',
    { config: { permission: 'schemas:read' }, schema: foreign('confluentSchema', 'A schema by its id') },
    async request => {
      const { scope } = await registryCaller(request, directory)
      const { format } = queryOf(request)
      return toForeignSchema(await registry.byId(scope, toId(request.params.id)), format)
    },
  )

  app.get<IdParams>(
    '/schemas/ids/:id/schema',
    {
      config: { permission: 'schemas:read' },
      schema: foreign('confluentSchemaText', 'Text of a schema by its id'),
    },
    async (request, reply) => {
      const { scope } = await registryCaller(request, directory)
      const { schema } = await registry.byId(scope, toId(request.params.id))
      return reply.serializer((text: string) => text).send(schema)
    },
  )

  app.get<IdParams>(
    '/schemas/ids/:id/subjects',
    {
      config: { permission: 'schemas:read' },
      schema: foreign('confluentSchemaSubjects', 'Subjects that a schema stands under'),
    },
    async request => {
      const { scope } = await registryCaller(request, directory)
      const query = queryOf(request)
      const options = { includeDeleted: isTrue(query['deleted']) }
      const uses = await registry.usesOf(scope, toId(request.params.id), options)
      return pageOf([...new Set(uses.map(({ subject }) => subject))], query)
    },
  )

  app.get<IdParams>(
    '/schemas/ids/:id/versions',
    {
      config: { permission: 'schemas:read' },
      schema: foreign('confluentSchemaVersions', 'Versions that have a schema'),
    },
    async request => {
      const { scope } = await registryCaller(request, directory)
      const query = queryOf(request)
      const options = { includeDeleted: isTrue(query['deleted']) }
      const uses = await registry.usesOf(scope, toId(request.params.id), options)
      return pageOf(
        uses.map(({ subject, version }) => ({ subject, version })),
        query,
      )
    },
  )
}
