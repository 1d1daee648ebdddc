import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { PulledDelivery } from '../../api/types.ts'
import type { TestServer } from '../../start/fixtures/test-server.ts'
import { bootstrapKey, startTestServer } from '../../start/fixtures/test-server.ts'
import { runHere } from '../fixtures/command-here.ts'
import type { Ended } from '../fixtures/keelson-process.ts'

let test: TestServer
let folder: string
beforeAll(async () => {
  test = await startTestServer()
  folder = mkdtempSync(join(tmpdir(), 'keelson-delivery-'))
  await ask('/v1/subscriptions', { name: 'orders', types: ['SubscriptionActivated'] })
  await publish('later', { metadata: { deliverAt: new Date(Date.now() + 86_400_000).toISOString() } })
  await fail('orders', ['o-1', 'o-2', 'o-3'])
})
afterAll(async () => {
  await test.stop()
  rmSync(folder, { recursive: true, force: true })
})

const evil = '\u001b[2J'

function run(
  words: string,
  key: string = test.keys.acme.admin,
  more: Record<string, string> = {},
): Promise<Ended> {
  const environment = { KEELSON_URL: test.url, KEELSON_API_KEY: key, ...more }
  return runHere(words.split(' '), { folder, environment })
}

async function ask<Body>(path: string, body: unknown): Promise<Body> {
  const answer = await test.call<Body>(path, { key: test.keys.acme.admin, body })
  expect([path, answer.status < 300, answer.text]).toEqual([path, true, answer.text])
  return answer.body
}

const publish = (eventId: string, more: object = {}) =>
  ask('/v1/events', {
    eventId,
    eventType: 'SubscriptionActivated',
    occurredAt: '2026-06-11T09:00:01Z',
    payload: { subscriptionId: eventId, editionCode: 'team' },
    ...more,
  })

/** Makes dead letters of new events. */
async function fail(name: string, ids: readonly string[]): Promise<void> {
  for (const eventId of ids) await publish(eventId)
  const failed: object[] = []
  while (failed.length < ids.length) {
    const { data } = await ask<{ data: PulledDelivery[] }>(`/v1/subscriptions/${name}/pull`, {
      waitSeconds: 10,
    })
    failed.push(...data.map(({ token }) => ({ token, error: `declined ${evil}`, retry: false })))
  }
  await ask(`/v1/subscriptions/${name}/settle`, { failed })
  const count = async () => (await run(`dead-letters list ${name} --json`)).out.split('\n').length - 1
  while ((await count()) < ids.length) await test.call('/healthz')
}

const json = <Item>({ out }: Ended): Item[] =>
  out
    .trim()
    .split('\n')
    .filter(line => line !== '')
    .map(line => JSON.parse(line) as Item)

interface Letter {
  readonly id: number
  readonly eventId: string
  readonly fingerprint: string
}

const letters = async () => json<Letter>(await run('dead-letters list orders --json'))

describe('keelson subscriptions', () => {
  it('lists and shows, for people and for programs', async () => {
    const list = await run('subscriptions list')
    expect([list.code, list.err]).toEqual([0, ''])
    expect(list.out).toMatch(/^NAME +KIND +STATE/)
    expect(list.out).toMatch(/^orders +delivery +(running|idle) +\d+ .* 0 +1 +3 +closed$/m)
    expect(json(await run('subscriptions list --json'))).toMatchObject([{ name: 'orders', deadLetters: 3 }])
    const show = await run('subscriptions show orders')
    expect(show.out).toContain('SubscriptionActivated')
    expect(show.out).toMatch(/^Dead letters +3$/m)
    expect(show.out).toMatch(/^Later +1 waiting, the first until 2\d{3}-.*Z$/m)
    expect(json(await run('subscriptions show orders --json'))).toMatchObject([{ name: 'orders' }])
    const platform = await run('subscriptions list', bootstrapKey)
    expect(platform.out).toContain('projection (platform)')
  })

  it('pauses and resumes', async () => {
    expect((await run('subscriptions pause orders')).out).toBe('orders is paused.\n')
    expect(json(await run('subscriptions resume orders --json'))).toMatchObject([{ name: 'orders' }])
  })

  it('ends with the code of what went wrong', async () => {
    expect((await run('subscriptions show nobody')).code).toBe(3)
    expect((await run('subscriptions pause orders', test.keys.acme.reader)).code).toBe(4)
    expect((await run('subscriptions list', test.keys.acme.writer)).code).toBe(4)
    expect((await run('subscriptions')).code).toBe(2)
    expect((await run('subscriptions list', 'k', { KEELSON_URL: 'http://127.0.0.1:1' })).code).toBe(6)
  })
})

describe('keelson dead-letters', () => {
  it('lists, groups and shows, and passes on no control characters', async () => {
    const list = await run('dead-letters list')
    expect(list.out).toMatch(/^SUBSCRIPTION +ID +TYPE/)
    const groups = await run('dead-letters groups orders')
    expect(groups.out).toMatch(/^ *3 +orders/m)
    const [first] = await letters()
    const show = await run(`dead-letters show orders ${first?.id}`)
    expect(show.out).toContain('Tries')
    for (const { out } of [list, groups, show]) {
      expect(out).toContain('declined')
      expect(out).not.toContain('\u001b')
    }
    expect(
      json(await run(`dead-letters list orders --fingerprint ${first?.fingerprint} --json`)),
    ).toHaveLength(3)
    expect((await run('dead-letters list --limit 2')).err).toContain('there are more')
    expect((await run('dead-letters show orders 999')).code).toBe(3)
    expect((await run('dead-letters show orders first')).code).toBe(2)
    expect((await run('dead-letters list nobody')).code).toBe(3)
  })

  it('edits, saying what has changed', async () => {
    const [first] = await letters()
    const payload = join(folder, 'payload.json')
    writeFileSync(payload, '{"subscriptionId":"o-1","editionCode":"enterprise"}')
    const edited = await run(`dead-letters edit orders ${first?.id} --payload ${payload}`)
    expect(edited.out).toContain('/editionCode  "team" → "enterprise"')
    const late = await run(`dead-letters edit orders ${first?.id} --payload ${payload} --if-match "1-1"`)
    expect(late.code).toBe(5)
    writeFileSync(payload, '{"subscriptionId":7}')
    expect((await run(`dead-letters edit orders ${first?.id} --payload ${payload}`)).err).toContain(
      'payload_invalid',
    )
    expect((await run(`dead-letters edit orders ${first?.id} --payload nowhere.json`)).code).toBe(2)
  })

  it('replays what is meant, after saying what would come of it', async () => {
    const [first, second] = await letters()
    expect((await run('dead-letters replay orders')).code).toBe(2)
    expect((await run('dead-letters replay orders --all --id 1')).code).toBe(2)
    expect((await run('dead-letters replay orders --all --rate fast')).code).toBe(2)
    expect((await run('dead-letters replay orders --all --dry-run')).out).toBe(
      '3 of 3 dead letters would be replayed.\n',
    )
    const replay = await run(`dead-letters replay orders --id ${first?.id} --id ${second?.id}`)
    expect([replay.code, replay.err]).toEqual([0, ''])
    expect(replay.out).toMatch(/ done {2}dead letters to orders: 2 replayed\n$/)
    expect((await letters()).map(({ eventId }) => eventId)).toEqual(['o-3'])
  })

  it('discards with a reason', async () => {
    expect((await run('dead-letters discard orders --all')).code).toBe(2)
    expect((await run('dead-letters discard orders --all --reason tests --dry-run')).out).toBe(
      '1 dead letter would be discarded.\n',
    )
    expect((await run('dead-letters discard orders --all --reason tests')).out).toBe(
      '1 dead letter discarded.\n',
    )
    expect((await run('dead-letters list orders')).err).toBe('There are no dead letters.\n')
    expect((await run('dead-letters unpark orders some-key')).code).toBe(3)
  })
})

describe('keelson replay', () => {
  it('starts, shows, steers and lists', async () => {
    expect((await run('replay start orders --dry-run')).out).toBe('4 events would be replayed.\n')
    const begun = await run('replay start orders --rate 0.1 --no-wait --json')
    const [{ id } = { id: '' }] = json<{ id: string }>(begun)
    expect((await run(`replay pause ${id}`)).out).toBe('The replay is paused.\n')
    expect((await run(`replay pause ${id}`)).code).toBe(5)
    expect((await run(`replay show ${id}`)).out).toMatch(/^Side effects +no$/m)
    expect((await run(`replay resume ${id}`)).code).toBe(0)
    expect((await run(`replay abort ${id}`)).out).toBe('The replay is aborted.\n')
    expect((await run('replay list')).out).toContain(`${id}  aborted  the log to orders`)
    expect(json(await run('replay list --json'))).toHaveLength(2)
    expect((await run('replay show nobody')).code).toBe(3)
    expect((await run('replay start orders --filter a=')).code).toBe(2)
    expect((await run('replay start orders --from 2026-01-01')).code).toBe(2)
  })
})

describe('keelson topology', () => {
  it('has nothing to make for the embedded transport', async () => {
    for (const verb of ['diff', 'apply']) {
      const { code, out } = await run(`topology ${verb}`)
      expect([code, out]).toEqual([
        0,
        'The embedded transport reads the log itself: there is nothing to make.\n',
      ])
    }
  })

  it('tells no secret of a broker that is not there', async () => {
    const { code, out, err } = await run('topology diff', '', {
      KEELSON_TRANSPORT_URL: 'nats://me:hunter2@127.0.0.1:1',
    })
    expect(code).toBe(6)
    expect(err).toContain('transport_unreachable')
    expect(out + err).not.toContain('hunter2')
  })
})
