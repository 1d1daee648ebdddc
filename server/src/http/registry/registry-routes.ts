import type { FastifyInstance } from 'fastify'
import type { ServerContext } from '../server-context.ts'
import { foreignRoutes } from './confluent/foreign-routes.ts'
import { schemaRoutes } from './schema-routes.ts'
import { subjectRoutes } from './subject-routes.ts'

/** The schema registry: under `/v1/schemas`, and on the paths of Confluent's. */
export function registryRoutes(app: FastifyInstance, server: ServerContext): void {
  const { registry } = server.platform
  schemaRoutes(app, server, registry)
  subjectRoutes(app, server, registry)
  app.register(foreign => foreignRoutes(foreign, server, registry))
}
