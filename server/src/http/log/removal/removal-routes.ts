import type { FastifyInstance } from 'fastify'
import type { ServerContext } from '../../server-context.ts'
import { approverRoutes } from './approver-routes.ts'
import { erasureRoutes } from './erasure-routes.ts'
import { holdRoutes } from './hold-routes.ts'
import { redactionRoutes } from './redaction-routes.ts'
import { retentionRoutes } from './retention-routes.ts'
import { subjectRoute } from './subject-route.ts'

/** Removing content from the tenant's log, and keeping it from being removed. */
export function removalRoutes(app: FastifyInstance, server: ServerContext): void {
  subjectRoute(app, server)
  erasureRoutes(app, server)
  redactionRoutes(app, server)
  approverRoutes(app, server)
  holdRoutes(app, server)
  retentionRoutes(app, server)
}
