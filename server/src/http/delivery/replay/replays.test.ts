import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ReplayItem, ReplayPage, ReplayResult } from '../../../api/types.ts'
import type { TestServer } from '../../../start/fixtures/test-server.ts'
import { bootstrapKey, startTestServer } from '../../../start/fixtures/test-server.ts'
import { DeliverySteps, idsOf, until } from '../fixtures/delivery-steps.ts'

let test: TestServer
let acme: DeliverySteps
let globex: DeliverySteps
beforeAll(async () => {
  test = await startTestServer()
  acme = DeliverySteps.of(test)
  globex = DeliverySteps.of(test, 'globex')
  await acme.publish(['e-1', 'e-2', 'e-3', 'e-4'])
})
afterAll(() => test.stop())

interface Refusal {
  readonly code: string
  readonly errors?: readonly { readonly pointer: string }[]
}

const start = (body: object, status = 202) => acme.get<ReplayResult>('/v1/replays', body, status)
const show = (run: ReplayItem | null) => acme.get<ReplayItem>(`/v1/replays/${run?.id}`)
const ended = (run: ReplayItem | null) => until(async () => (await show(run)).endedAt !== null)
const positionOf = async (id: string) =>
  (await acme.get<{ event: { position: number } }>(`/v1/events/${id}`)).event.position

describe('a replay of the log', () => {
  it('brings a range to consumers again, marked as such, and leaves the place of the subscription', async () => {
    await acme.make('range', { start: 'now' })
    const asked = {
      subscription: 'range',
      from: { position: await positionOf('e-2') },
      to: { position: await positionOf('e-3') },
    }
    expect(await start({ ...asked, dryRun: true }, 200)).toEqual({ dryRun: true, matched: 2, run: null })
    const { run, matched } = await start(asked)
    expect([matched, run?.kind, run?.subscription, run?.withSideEffects]).toEqual([2, 'log', 'range', false])
    const found = await acme.pullAll('range', 2)
    expect(idsOf(found)).toEqual(['e-2', 'e-3'])
    expect(found[0]).toMatchObject({ attempt: 1, replay: { id: run?.id, sideEffects: false } })
    await acme.done('range', found)
    await ended(run)
    expect(await show(run)).toMatchObject({
      state: 'done',
      progress: { matched: 2, replayed: 2, failed: 0 },
      query: { from: asked.from, to: asked.to },
    })
    expect(await acme.pull('range', { waitSeconds: 0 })).toEqual([])
  })

  it('keeps what consumers could not do as dead letters of its own', async () => {
    await acme.make('failing', { start: 'now', retry: { attempts: 1, backoff: 'fixed' } })
    const { run } = await start({ subscription: 'failing', filter: "payload.subscriptionId = 'e-1'" })
    const [one] = await acme.pullAll('failing', 1)
    await acme.settle('failing', { failed: [{ token: one?.token, error: 'no' }] })
    await ended(run)
    expect((await show(run)).progress).toMatchObject({ matched: 1, replayed: 0, failed: 1 })
    const name = encodeURIComponent(`replay:${run?.id}`)
    const page = await acme.get<{ data: { id: number }[] }>(`/v1/dead-letters?subscription=${name}`)
    expect(page.data).toMatchObject([{ subscription: `replay:${run?.id}`, eventId: 'e-1' }])
    const again = await acme.ask<Refusal>('/v1/dead-letters/replay', { subscription: `replay:${run?.id}` })
    expect([again.status, again.body.code]).toEqual([400, 'request_invalid'])
    expect((await globex.ask(`/v1/dead-letters?subscription=${name}`)).status).toBe(404)
    expect((await acme.get<{ deadLetters: number }>('/v1/subscriptions/failing')).deadLetters).toBe(0)
  })

  it('is held back, goes on and ends by hand, from any place', async () => {
    await acme.make('steered', { start: 'now' })
    const { run } = await start({ subscription: 'steered', ratePerSecond: 0.1 })
    const steer = (verb: string) => acme.get<ReplayItem>(`/v1/replays/${run?.id}/${verb}`, {})
    const told = await acme.ask<Refusal>(`/v1/replays/${run?.id}/pause`, { reason: 'a fair' })
    expect([told.status, told.body.code, told.body.errors?.[0]?.pointer]).toEqual([
      400,
      'request_invalid',
      '/reason',
    ])
    expect((await show(run)).state).toBe('running')
    expect((await steer('pause')).state).toBe('paused')
    expect((await acme.get<ReplayPage>('/v1/replays?state=paused')).data.map(({ id }) => id)).toEqual([
      run?.id,
    ])
    expect((await steer('resume')).state).toBe('running')
    expect((await steer('abort')).state).toBe('aborted')
    expect((await show(run)).endedAt).not.toBeNull()
  })

  it('ends with its subscription, also while a consumer has an event of it', async () => {
    await acme.make('leaving', { start: 'now', timeoutSeconds: 3_600 })
    const first = await start({ subscription: 'leaving' })
    await acme.pullAll('leaving', 1)
    const second = await start({ subscription: 'leaving', ratePerSecond: 0.1 })
    await acme.get(`/v1/replays/${second.run?.id}/pause`, {})
    await acme.ask('/v1/subscriptions/leaving', undefined, { method: 'DELETE' })
    for (const { run } of [first, second]) {
      const { state, endedAt } = await show(run)
      expect([state, endedAt]).toEqual(['aborted', expect.any(String)])
    }
    const after = await acme.get<ReplayPage>('/v1/replays?state=running')
    expect(after.data.filter(({ subscription }) => subscription === 'leaving')).toEqual([])
  })

  it('reaches a handler that was made in code', async () => {
    const handled: string[] = []
    test.server.platform.deliver({
      name: 'mail',
      tenantId: 'acme',
      types: ['SubscriptionActivated'],
      start: 'now',
      handle: (event, { replay }) => void handled.push(`${event.eventId} ${replay?.sideEffects}`),
    })
    const { run } = await start({ subscription: 'mail', withSideEffects: true })
    await ended(run)
    expect(handled).toEqual(['e-1', 'e-2', 'e-3', 'e-4'].map(id => `${id} true`))
    expect((await globex.ask('/v1/replays', { subscription: 'mail' })).status).toBe(404)
  })

  it('is listed with the newest first, page by page', async () => {
    const all = await acme.get<ReplayPage>('/v1/replays')
    const first = await acme.get<ReplayPage>('/v1/replays?limit=2')
    const second = await acme.get<ReplayPage>(`/v1/replays?limit=2&cursor=${first.page.nextCursor}`)
    expect([...first.data, ...second.data].map(({ id }) => id)).toEqual(
      all.data.map(({ id }) => id).slice(0, 4),
    )
    expect(all.data.map(({ startedAt }) => startedAt)).toEqual(
      all.data
        .map(({ startedAt }) => startedAt)
        .toSorted()
        .toReversed(),
    )
  })
})

describe('what is refused', () => {
  it.each<[string, object, number, string, string?]>([
    ['no subscription', {}, 400, 'request_invalid', '/subscription'],
    ['an unknown one', { subscription: 'nobody' }, 404, 'subscription_unknown'],
    [
      'two beginnings',
      { subscription: 'range', from: { position: 1, time: '2026-01-01T00:00:00Z' } },
      400,
      'request_invalid',
      '/from',
    ],
    ['an end that is a number', { subscription: 'range', to: 7 }, 400, 'request_invalid', '/to'],
    [
      'a time without zone',
      { subscription: 'range', to: { time: '2026-01-01' } },
      400,
      'request_invalid',
      '/to/time',
    ],
    ['a filter that is cut off', { subscription: 'range', filter: 'a =' }, 400, 'filter_invalid'],
    [
      'a rate below none',
      { subscription: 'range', ratePerSecond: -1 },
      400,
      'request_invalid',
      '/ratePerSecond',
    ],
    ['another tenant', { subscription: 'range', tenantId: 'globex' }, 400, 'request_invalid', '/tenantId'],
  ])('%s', async (_, body, status, code, pointer) => {
    const answer = await acme.ask<Refusal>('/v1/replays', body)
    expect([answer.status, answer.body.code]).toEqual([status, code])
    if (pointer !== undefined) expect(answer.body.errors?.map(fault => fault.pointer)).toContain(pointer)
  })

  it('is a projection, which is rebuilt', async () => {
    const body = { subscription: 'AuditEventProjection' }
    const answer = await test.call<Refusal>('/v1/replays', { key: bootstrapKey, tenant: 'acme', body })
    expect([answer.status, answer.body.code]).toEqual([400, 'request_invalid'])
  })

  it.each(['x', '0000000000000-aaaaaaaaaa', '../acme', 'a'.repeat(200)])('a run by the id %s', async id => {
    const answer = await acme.ask<Refusal>(`/v1/replays/${encodeURIComponent(id)}`)
    expect([answer.status, answer.body.code]).toEqual([404, 'run_unknown'])
  })
})
