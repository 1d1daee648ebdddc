import type { FastifyInstance, FastifyReply } from 'fastify'
import { KeelsonError } from 'keelson'
import type { PauseResult, SubscriptionDetail, SubscriptionPage } from '../../../api/types.ts'
import type { OwnSubscription } from '../../../delivery/index.ts'
import { etagOf, mostOwn } from '../../../delivery/index.ts'
import { QueryReader } from '../../query.ts'
import type { ServerContext } from '../../server-context.ts'
import { audit } from '../audit.ts'
import { deliveryCaller, tenantViewer } from '../delivery-caller.ts'
import { docs } from '../delivery-docs.ts'
import { readObject, refuseMembers } from '../member-reader.ts'
import { idempotencyKey, ifMatch } from '../precondition.ts'
import { readChanged, readNew } from './subscription-body.ts'

export interface SubscriptionParams {
  readonly Params: { readonly name: string }
}

const maxBody = 64 * 1024
/** How many are looked at at the same time. */
const atOnce = 8

/** Subscriptions: seen, made, changed, paused and deleted. */
export function subscriptionRoutes(app: FastifyInstance, server: ServerContext): void {
  const { directory, subscriptions, platform } = server

  app.get(
    '/v1/subscriptions',
    { config: { permission: 'subscriptions:read' }, schema: docs.list },
    async (request): Promise<SubscriptionPage> => {
      const viewer = await deliveryCaller(request, directory)
      new QueryReader(request.query, []).done()
      const seen = await subscriptions.list(viewer)
      const data = []
      for (let from = 0; from < seen.length; from += atOnce)
        data.push(...(await Promise.all(seen.slice(from, from + atOnce).map(one => subscriptions.item(one)))))
      return { data: data.filter(item => item !== undefined), limit: mostOwn }
    },
  )

  app.get<SubscriptionParams>(
    '/v1/subscriptions/:name',
    { config: { permission: 'subscriptions:read' }, schema: docs.show },
    async (request, reply) => {
      const viewer = await deliveryCaller(request, directory)
      const detail = await subscriptions.detail(await subscriptions.find(viewer, request.params.name))
      return sendDetail(reply, detail)
    },
  )

  app.post(
    '/v1/subscriptions',
    { config: { permission: 'subscriptions:manage' }, schema: docs.create, bodyLimit: maxBody },
    async (request, reply): Promise<FastifyReply> => {
      const caller = await tenantViewer(request, directory)
      const key = idempotencyKey(request)
      const asked = readNew(await readObject(request, maxBody))
      const { own, isNew } = await subscriptions.own.create(caller.tenantId, {
        ...asked,
        by: caller.key.id,
        ...(key === undefined ? {} : { idempotencyKey: key }),
      })
      if (isNew) await audit(platform, caller, act('created', own))
      reply.code(isNew ? 201 : 200).header('location', `/v1/subscriptions/${encodeURIComponent(own.name)}`)
      return sendDetail(reply, await subscriptions.detail(await subscriptions.find(caller, own.name)))
    },
  )

  app.put<SubscriptionParams>(
    '/v1/subscriptions/:name',
    { config: { permission: 'subscriptions:manage' }, schema: docs.change, bodyLimit: maxBody },
    async (request, reply) => {
      const caller = await tenantViewer(request, directory)
      const { name } = request.params
      const before = await subscriptions.own.get(caller.tenantId, name)
      const definition = readChanged(await readObject(request, maxBody), before.definition)
      const precondition = ifMatch(request)
      const own = await subscriptions.own.change(caller.tenantId, name, () => ({ definition }), precondition)
      await audit(platform, caller, act('changed', own))
      return sendDetail(reply, await subscriptions.detail(await subscriptions.find(caller, name)))
    },
  )

  app.delete<SubscriptionParams>(
    '/v1/subscriptions/:name',
    { config: { permission: 'subscriptions:manage' }, schema: docs.remove },
    async (request, reply) => {
      const caller = await tenantViewer(request, directory)
      const own = await subscriptions.own.remove(caller.tenantId, request.params.name, ifMatch(request))
      await subscriptions.forget(own, caller.key.id)
      await audit(platform, caller, act('deleted', own))
      return reply.code(204).send()
    },
  )

  pauseRoutes(app, server)
}

function pauseRoutes(app: FastifyInstance, server: ServerContext): void {
  const { directory, subscriptions, platform } = server
  for (const [verb, isPaused] of [
    ['pause', true],
    ['resume', false],
  ] as const) {
    app.post<SubscriptionParams>(
      `/v1/subscriptions/:name/${verb}`,
      { config: { permission: 'subscriptions:manage' }, schema: docs[verb] },
      async (request): Promise<PauseResult> => {
        const caller = await deliveryCaller(request, directory)
        await refuseMembers(request)
        const seen = await subscriptions.find(caller, request.params.name)
        if (seen.own === undefined) await subscriptions.hold(seen, isPaused, caller.key.name)
        else if (!isPaused && !seen.own.isPaused) await subscriptions.letGo(seen, caller.key.name)
        else {
          const { tenantId, name } = seen.own
          const own = await subscriptions.own.change(tenantId, name, () => ({ isPaused }))
          if (isPaused) await subscriptions.pulled.stop(own)
        }
        const about = seen.scope === 'platform' ? { ...caller, tenantId: undefined } : caller
        await audit(platform, about, {
          action: `subscription.${verb}d`,
          resource: { type: 'subscription', id: seen.name },
          summary: `Subscription ${verb}d: ${seen.name}`,
        })
        const found = await subscriptions.detail(await subscriptions.find(caller, seen.name))
        return { name: found.name, state: found.state }
      },
    )
  }
}

function sendDetail(reply: FastifyReply, detail: SubscriptionDetail): FastifyReply {
  if (detail.etag !== null) reply.header('etag', detail.etag)
  return reply.header('cache-control', 'private, no-cache').send(detail)
}

const act = (done: 'created' | 'changed' | 'deleted', own: OwnSubscription) => ({
  action: `subscription.${done}`,
  resource: { type: 'subscription', id: own.name },
  summary: `Subscription ${done}: ${own.name}`,
  details: { etag: etagOf(own) },
})

/** @throws KeelsonError `request_invalid` where the subscription is consumed by code. */
export function requireOwn(own: OwnSubscription | undefined, name: string): OwnSubscription {
  if (own !== undefined) return own
  throw new KeelsonError('request_invalid', `"${name}" is consumed by code: there is nothing to pull`)
}
