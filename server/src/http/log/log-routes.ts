import type { FastifyInstance } from 'fastify'
import type { ServerContext } from '../server-context.ts'
import { bundleRoute } from './bundle-route.ts'
import { checkRoutes } from './check-routes.ts'
import { headRoutes } from './head-routes.ts'
import { proofRoutes } from './proof-routes.ts'
import { removalRoutes } from './removal/removal-routes.ts'
import { tileRoutes } from './tile-routes.ts'

/** The tenant's log as something to verify: heads, tiles, proofs, checks, bundles, and removals. */
export function logRoutes(app: FastifyInstance, server: ServerContext): void {
  headRoutes(app, server)
  tileRoutes(app, server)
  proofRoutes(app, server)
  checkRoutes(app, server)
  bundleRoute(app, server)
  removalRoutes(app, server)
}
