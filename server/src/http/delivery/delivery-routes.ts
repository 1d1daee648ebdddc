import type { FastifyInstance } from 'fastify'
import type { ServerContext } from '../server-context.ts'
import { deadLetterActions } from './dead-letter/dead-letter-actions.ts'
import { deadLetterRoutes } from './dead-letter/dead-letter-routes.ts'
import { metricsRoute } from './metrics-route.ts'
import { replayRoutes } from './replay/replay-routes.ts'
import { pullRoutes } from './subscription/pull-routes.ts'
import { subscriptionRoutes } from './subscription/subscription-routes.ts'

/** Subscriptions, dead letters and replays. */
export function deliveryRoutes(app: FastifyInstance, server: ServerContext): void {
  subscriptionRoutes(app, server)
  pullRoutes(app, server)
  deadLetterRoutes(app, server)
  deadLetterActions(app, server)
  replayRoutes(app, server)
  metricsRoute(app, server)
}
