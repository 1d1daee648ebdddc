import type { FastifyInstance } from 'fastify'
import type { Registry } from 'keelson'
import { KeelsonError } from 'keelson'
import type { ServerContext } from '../../server-context.ts'
import { registryCaller } from '../registry-caller.ts'
import { foreign } from '../route-docs.ts'
import { foreignCompatibilityRoutes } from './compatibility-routes.ts'
import { foreignType, sendForeignError } from './foreign-error.ts'
import { foreignSchemaRoutes } from './schema-routes.ts'
import { foreignSettingRoutes } from './setting-routes.ts'
import { foreignSubjectRoutes } from './subject-routes.ts'

/** The registry on the paths, in the media types and with the errors of Confluent's, so that its clients work. */
export async function foreignRoutes(
  app: FastifyInstance,
  server: ServerContext,
  registry: Registry,
): Promise<void> {
  const types = [foreignType, 'application/vnd.schemaregistry+json', 'application/octet-stream']
  app.addContentTypeParser(types, { parseAs: 'buffer' }, (_, body, done) => done(null, body))
  app.setErrorHandler((error, request, reply) => sendForeignError(request, reply, error))
  app.addHook('onRequest', async request => {
    if (server.stopping.aborted) throw new KeelsonError('not_ready')
    const { authorization } = request.headers
    if (authorization !== undefined) request.headers.authorization = toBearer(authorization)
  })
  app.addHook('onSend', async (_, reply) => {
    reply.header('x-content-type-options', 'nosniff').header('cache-control', 'no-store')
    if (!String(reply.getHeader('content-type')).startsWith('application/vnd.'))
      reply.header('content-type', foreignType)
  })
  foreignSubjectRoutes(app, server, registry)
  foreignSchemaRoutes(app, server, registry)
  foreignCompatibilityRoutes(app, server, registry)
  foreignSettingRoutes(app, server, registry)
  absentRoutes(app, server)
}

const foreignPaths = ['subjects', 'schemas', 'compatibility', 'config', 'mode', 'associations', 'contexts']

/** What a client may ask for that is not here: it must not be taken for a page of the console. */
function absentRoutes(app: FastifyInstance, { directory }: ServerContext): void {
  // Clients ask which subject a topic is associated with before they name it after the topic.
  app.get(
    '/associations/resources/:namespace/:name',
    {
      config: { permission: 'schemas:read' },
      schema: foreign('confluentAssociations', 'Subjects that are associated with a topic: none'),
    },
    async request => {
      await registryCaller(request, directory)
      return []
    },
  )
  for (const path of foreignPaths)
    app.get(
      `/${path}/*`,
      { config: { permission: 'schemas:read' }, schema: { hide: true } },
      async request => {
        await registryCaller(request, directory)
        throw new KeelsonError('not_found', `There is nothing at ${request.url.slice(0, 200)}`)
      },
    )
}

/** These clients send a user and a password: the key is the password, whoever the user. */
function toBearer(header: string): string {
  const [, encoded] = /^Basic +([A-Za-z0-9+/=]{1,1024})$/i.exec(header) ?? []
  if (encoded === undefined) return header
  const text = Buffer.from(encoded, 'base64').toString('latin1')
  return `Bearer ${text.slice(text.indexOf(':') + 1)}`
}
