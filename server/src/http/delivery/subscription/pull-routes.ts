import type { FastifyInstance, FastifyReply } from 'fastify'
import type { DeliveryContext } from 'keelson'
import { KeelsonError, systemAlarm } from 'keelson'
import type { PulledDelivery, PullResult, SettleResult } from '../../../api/types.ts'
import type { HandedOut, OwnSubscription } from '../../../delivery/index.ts'
import type { ServerContext } from '../../server-context.ts'
import { tenantViewer } from '../delivery-caller.ts'
import { docs } from '../delivery-docs.ts'
import { MemberReader, readObject } from '../member-reader.ts'
import { OpenPulls } from './open-pulls.ts'
import { readSettlements } from './settle-body.ts'
import type { SubscriptionParams } from './subscription-routes.ts'
import { requireOwn } from './subscription-routes.ts'

const maxPullBody = 4 * 1024
const maxSettleBody = 2 * 1024 * 1024
const mostWaitSeconds = 30

/** Events for consumers of any language: pulled in portions, and settled one by one. */
export function pullRoutes(app: FastifyInstance, server: ServerContext): void {
  const { directory, subscriptions } = server
  const open = new OpenPulls(server.limits)

  app.post<SubscriptionParams>(
    '/v1/subscriptions/:name/pull',
    { config: { permission: 'subscriptions:consume' }, schema: docs.pull, bodyLimit: maxPullBody },
    async (request, reply) => {
      const caller = await tenantViewer(request, directory)
      const hasBody = request.body instanceof Uint8Array && request.body.length > 0
      const reader = new MemberReader(hasBody ? await readObject(request, maxPullBody) : {}, [
        'max',
        'waitSeconds',
      ])
      const max = reader.number('max', { least: 1, most: 1_000, isWhole: true }) ?? 10
      const wait = (reader.number('waitSeconds', { least: 0, most: mostWaitSeconds }) ?? 5) * 1_000
      reader.done()
      const { own: found } = await subscriptions.find(caller, request.params.name)
      const own = requireOwn(found, request.params.name)
      const leave = open.enter(caller.tenantId)
      try {
        return reply.send(await pull(server, own, { max, wait, gone: goneSignal(reply) }, reply))
      } finally {
        leave()
      }
    },
  )

  app.post<SubscriptionParams>(
    '/v1/subscriptions/:name/settle',
    { config: { permission: 'subscriptions:consume' }, schema: docs.settle, bodyLimit: maxSettleBody },
    async (request): Promise<SettleResult> => {
      const caller = await tenantViewer(request, directory)
      const settlements = readSettlements(await readObject(request, maxSettleBody))
      const { own: found } = await subscriptions.find(caller, request.params.name)
      const own = requireOwn(found, request.params.name)
      const unknown = await subscriptions.pulled.settle(own, settlements)
      return { settled: settlements.length - unknown.length, unknown }
    },
  )
}

interface PullOptions {
  readonly max: number
  /** Milliseconds. */
  readonly wait: number
  readonly gone: AbortSignal
}

async function pull(
  { subscriptions, stopping }: ServerContext,
  own: OwnSubscription,
  { max, wait, gone }: PullOptions,
  reply: FastifyReply,
): Promise<PullResult> {
  const over = AbortSignal.any([gone, stopping])
  if (own.isPaused) {
    // Whoever asks again at once would ask without end.
    await systemAlarm.wait(wait, over)
    return { data: [], state: 'paused', breaker: 'closed', isElsewhere: false }
  }
  subscriptions.observe(own)
  const running = await subscriptions.pulled.open(own)
  const { deliveries, breaker, isElsewhere } = await running.pull(max, wait, over)
  reply.raw.once('close', () => {
    if (!reply.raw.writableFinished) running.putBack(deliveries)
  })
  // Who went away while the answer was made has no close to come any more.
  if (reply.raw.destroyed) running.putBack(deliveries)
  return { data: deliveries.map(toPulled), state: 'running', breaker, isElsewhere }
}

function toPulled({ token, event, context, expiresAt }: HandedOut): PulledDelivery {
  const { delivery, attempt, replay = null, replayOf } = context
  return {
    token,
    attempt,
    expiresAt: new Date(expiresAt).toISOString(),
    position: delivery.position,
    recordedAt: new Date(delivery.recordedAt).toISOString(),
    orderingKey: delivery.orderingKey ?? null,
    replay,
    replayOf: replayOf === undefined ? null : toReplayed(replayOf),
    event,
  }
}

function toReplayed({
  reason,
  setAsideAt,
  replayedAt,
  times,
  by,
}: NonNullable<DeliveryContext['replayOf']>): PulledDelivery['replayOf'] {
  const [setAside, replayed] = [new Date(setAsideAt), new Date(replayedAt)]
  return {
    reason,
    setAsideAt: setAside.toISOString(),
    replayedAt: replayed.toISOString(),
    times,
    by: by ?? null,
  }
}

/** Aborts when the client goes away before it was answered. */
function goneSignal(reply: FastifyReply): AbortSignal {
  const gone = new AbortController()
  reply.raw.once('close', () => {
    if (!reply.raw.writableFinished) gone.abort(new KeelsonError('request_timeout', 'The client broke off'))
  })
  return gone.signal
}
