import { expect, it } from 'vitest'
import type { ErasureItem, HoldItem } from '../../../api/types.ts'
import { startTestServer } from '../../../start/fixtures/test-server.ts'
import { subscription } from '../../fixtures/events.ts'

it('what is done by hand is written down once, however often it is asked for', async () => {
  const test = await startTestServer()
  const ask = async <Body>(path: string, body?: object): Promise<Body> =>
    (await test.call<Body>(path, { key: test.keys.acme.admin, ...(body && { body }) })).body
  await ask('/v1/events', subscription('kai-1', { eventId: 'kai-1', metadata: { user: 'kai' } }))
  const hold = await ask<HoldItem>('/v1/holds', { scope: { subject: 'kai' }, reason: 'x' })
  const asked = { subject: 'kai', basis: 'gdpr-17-1-b', request: 'ticket-4711' }
  const erasure = await ask<ErasureItem>('/v1/erasures', asked)
  const calls = [
    ['/v1/retention-policies', { id: 'books', minimumDays: 1 }],
    [`/v1/erasures/${erasure.id}/withdrawal`, {}],
    [`/v1/holds/${hold.id}/release`, { reason: 'x' }],
  ] as const
  for (const [path, body] of calls) expect(await ask(path, body)).not.toHaveProperty('isRepeat')
  for (const [path, body] of calls) expect(await ask(path, body)).toMatchObject({ isRepeat: true })
  const { data } = await ask<{ data: { payload: { action: string } }[] }>(
    '/v1/events?type=AuditEventReceived&limit=500',
  )
  const acts = data.map(({ payload }) => payload.action).filter(act => /^(hold|erasure|retention_)/.test(act))
  expect(acts.sort()).toEqual([
    'erasure.requested',
    'erasure.withdrawn',
    'hold.released',
    'hold.set',
    'retention_policy.set',
  ])
  await test.stop()
})
