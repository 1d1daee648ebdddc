import type { AuditFilter, SearchPage } from '@keelson/contexts/audit'
import { countFacets, searchEvents } from '@keelson/contexts/audit'
import fc from 'fast-check'
import type { EventStore, JsonObject } from 'keelson'
import { createPlatform, KeelsonError, tombstoneStream } from 'keelson'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Trail } from './audit/databases.ts'
import { postgresTrail, sqliteTrail } from './audit/databases.ts'

/** Words in which cutting and folding show, and such that the syntax of one index or another would trip over. */
const words = [
  ...['Ada', 'ada', 'hello-world', '10.0.0.7', 'a', 'b', 'a b', 'b a', "o'brien", 'a\\b', 'a\u0000b'],
  ...[
    'Zürich',
    'straße',
    'STRASSE',
    'ß',
    'école',
    'ecole',
    'e\u0301cole',
    'ÀÉ',
    'ǡ',
    'naïve',
    'ﬁne',
    'Ⅷ',
    '²',
  ],
  ...[
    'ΣΊΣΥΦΟΣ',
    'σίσυφος',
    'москва',
    'й',
    'İstanbul',
    'ılık',
    '日本語',
    '한국어',
    '١٢٣',
    'Ꭰ',
    'ꭰ',
    '\uE000x',
  ],
  ...['😀', '🤔', 'a🤔b', '=t', '~', '_', '%', 'x'.repeat(390), 'y'.repeat(405), 'tenant'],
  ...[`${'z'.repeat(450)}1`, `${'z'.repeat(450)}2`, `aa ${'a '.repeat(300)}b a`],
]
const word = fc.constantFrom(...words)

const event = fc
  .record({
    text: fc.array(word, { minLength: 1, maxLength: 6 }).map(some => some.join(' ')),
    actor: fc.constantFrom('u-1', 'u-2', 'Ada', 'n\u0000l'),
    action: fc.constantFrom('repository.created', 'deleted'),
    resource: fc.constantFrom('octo/hello', 'prod', 'Ada', 'ada@example.com'),
    kind: fc.constantFrom('repository', 'User', '\u2003member\n'),
    outcome: fc.constantFrom('success', 'denied'),
    second: fc.integer({ min: 10, max: 30 }),
    correlationId: fc.constantFrom('c-1', 'c-2'),
    isOther: fc.boolean(),
  })
  .map(({ text, actor, action, resource, outcome, second, correlationId, isOther, kind }): JsonObject => {
    const common = { occurredAt: `2026-06-11T09:00:${second}Z`, correlationId }
    if (isOther) return { ...common, eventType: 'com.example.thing', payload: { text } }
    return {
      ...common,
      eventType: 'AuditEventReceived',
      payload: {
        actor: { type: 'user', id: actor, name: `Name ${actor}` },
        action,
        resource: { type: kind, id: resource, name: `Of ${resource}` },
        outcome,
        payload: { text },
      },
    }
  })

const term = fc.oneof(
  word,
  word.map(one => `-${one}`),
  word.map(one => `"${one}"`),
  fc.tuple(word, word).map(([a, b]) => `"${a} ${b}"`),
  fc.tuple(word, word).map(([a, b]) => `-"${a} ${b}"`),
  fc.tuple(word, fc.nat(5)).map(([one, length]) => `${[...one].slice(0, length + 1).join('')}*`),
  fc.constantFrom('com', 'success', 'deleted', 'OR', '*', '-'),
)
const whole: fc.Arbitrary<AuditFilter> = fc.record(
  {
    type: fc.subarray(['AuditEventReceived', 'com.example.thing']),
    actor: fc.subarray(['u-1', 'Ada', 'n\u0000l', 'Name u-2']),
    action: fc.subarray(['deleted', 'nothing']),
    resource: fc.subarray(['octo/hello', 'Ada', 'repository', 'User', 'Of Ada', 'ada@example.com']),
    withoutPersonal: fc.boolean(),
    correlationId: fc.subarray(['c-1']),
    from: fc.constant('2026-06-11T09:00:15Z'),
    to: fc.constant('2026-06-11T09:00:25Z'),
    text: fc.array(term, { minLength: 1, maxLength: 2 }).map(terms => terms.join(' ')),
  },
  { requiredKeys: [] },
)
/** Few members at a time, so that filters find something. */
const filter = fc.tuple(whole, fc.nat(), fc.nat()).map(([one, first, second]): AuditFilter => {
  const members = Object.entries(one)
  const kept = [first, second].map(at => members[at % members.length]).filter(member => member !== undefined)
  return Object.fromEntries(kept)
})
const count = 1_200
const page: fc.Arbitrary<SearchPage> = fc.record(
  {
    sort: fc.constantFrom('recorded', 'occurred'),
    order: fc.constantFrom('asc', 'desc'),
    limit: fc.constantFrom(1, 7, 60, 5_000),
    after: fc.integer({ min: 1, max: count }),
  },
  { requiredKeys: ['order', 'limit'] },
)

let sqlite: Trail
let postgres: Trail
beforeAll(async () => {
  ;[sqlite, postgres] = await Promise.all([sqliteTrail(), postgresTrail()])
  const events = fc.sample(event, { numRuns: count, seed: 7 })
  for (const trail of [sqlite, postgres]) {
    await trail.publish('acme', events.slice(200))
    await trail.publish('globex', events.slice(0, 200))
  }
})
afterAll(() => Promise.all([sqlite, postgres].map(trail => trail[Symbol.asyncDispose]())))

/** The answer, or the code of the refusal. */
const answerOf = (asked: Promise<unknown>): Promise<unknown> =>
  asked.catch(error => (error instanceof KeelsonError ? error.code : Promise.reject(error)))

describe('a search on PostgreSQL', () => {
  it('finds what it finds on SQLite: words, phrases, beginnings, exclusions, lists, times, pages', async () => {
    let hits = 0
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom('acme', 'globex', 'nobody'),
        filter,
        page,
        async (tenant, one, which) => {
          const ask = (store: EventStore) => answerOf(searchEvents(store, tenant, one, which))
          const [expected, found] = await Promise.all([ask(sqlite.store), ask(postgres.store)])
          expect(found).toEqual(expected)
          if (Array.isArray(found) && found.length > 0) hits += 1
        },
      ),
      { numRuns: 500 },
    )
    expect(hits).toBeGreaterThan(80)
  })

  it('finds people who are resources by names and addresses for those only who may see them', async () => {
    const which = { order: 'asc', limit: 5_000 } as const
    for (const resource of ['Of Ada', 'ada@example.com', 'Ada', 'User']) {
      const asked: AuditFilter = { resource: [resource] }
      const counts = [asked, { ...asked, withoutPersonal: true }].map(async one => {
        const found = await Promise.all(
          [sqlite, postgres].map(({ store }) => searchEvents(store, 'acme', one, which)),
        )
        expect(found[1]).toEqual(found[0])
        return found[0]?.length ?? 0
      })
      const [all = 0, open = 0] = await Promise.all(counts)
      expect(open).toBeGreaterThan(0)
      if (resource.includes('d') && resource !== 'Ada') expect(open).toBeLessThan(all)
      else expect(open).toBe(all)
    }
    const { facets } = await countFacets(postgres.store, 'acme', {
      resource: ['User'],
      withoutPersonal: true,
    })
    expect(JSON.stringify(facets.resource)).not.toMatch(/Of |example/)
  })

  it('counts the same facets', async () => {
    // PostgreSQL keeps no NUL in a text.
    const storable = (answer: unknown) => JSON.stringify(answer).replaceAll('\\u0000', '\uFFFD')
    await fc.assert(
      fc.asyncProperty(fc.constantFrom('acme', 'globex'), filter, async (tenant, one) => {
        const ask = (store: EventStore) => answerOf(countFacets(store, tenant, one)).then(storable)
        const [expected, found] = await Promise.all([ask(sqlite.store), ask(postgres.store)])
        expect(found).toBe(expected)
      }),
      { numRuns: 200 },
    )
  })

  it('finds matches that lie far behind, by the index of words', async () => {
    const rare = {
      eventType: 'com.example.thing',
      occurredAt: '2026-06-11T09:00:01Z',
      payload: 'needle in hay',
    }
    const hay = { ...rare, payload: 'hay and more hay' }
    await postgres.publish('stack', [rare, rare, ...Array.from({ length: 1_500 }, () => hay)])
    const find = (text: string, after?: number) =>
      searchEvents(postgres.store, 'stack', { text }, { order: 'desc', limit: 9, ...(after && { after }) })
    const [last, first] = await find('needle')
    expect([await find('needle'), await find('"needle in"'), await find('need* -more')]).toEqual(
      Array(3).fill([last, first]),
    )
    expect(await find('needle', last)).toEqual([first])
    expect(await find('"hay needle"')).toEqual([])
    const facets = await countFacets(postgres.store, 'stack', { text: 'hay' })
    expect(facets.total).toBe(1_502)
  })
})

describe('the rows of the audit trail on PostgreSQL', () => {
  const counts = async (scope: string, of: string) => {
    const asked = [
      ['SELECT count(*) FROM audit_event WHERE tenant = ?', [of]],
      ['SELECT count(*) FROM audit_text WHERE tenant = ?', [of]],
      [
        "SELECT count(*) FROM audit_text_matches(?, NULL, '', '', NULL, NULL, NULL, 'recorded', 'asc', 9999)",
        [of],
      ],
    ] as const
    const answers = asked.map(([sql, params]) => postgres.store.query({ tenantId: scope }, sql, params))
    return (await Promise.all(answers)).map(rows => rows[0]?.[0])
  }

  it('are seen by their tenant only, also past the policies by the function', async () => {
    expect(await counts('globex', 'globex')).toEqual([200, 200, 200])
    expect(await counts('acme', 'globex')).toEqual([0, 0, 0])
    expect(await counts('nobody', 'globex')).toEqual([0, 0, 0])
    expect(await counts('every tenant', 'globex')).toEqual([200, 200, 200])
  })

  it("are written and removed in their tenant's name only", async () => {
    const remove = { sql: 'DELETE FROM audit_text WHERE tenant = ?', params: ['globex'] }
    await postgres.store.commit({ scope: { tenantId: 'acme' }, statements: [remove] })
    expect(await counts('globex', 'globex')).toEqual([200, 200, 200])
    const insert = { sql: "INSERT INTO audit_text VALUES (?, 9999, '', 'x')", params: ['globex'] }
    await expect(
      postgres.store.commit({ scope: { tenantId: 'acme' }, statements: [insert] }),
    ).rejects.toMatchObject({ code: 'store_not_permitted' })
  })

  it('are made once, however many start at the same time', async () => {
    const { audit } = await import('@keelson/contexts/audit')
    const starts = Array.from({ length: 4 }, () =>
      createPlatform({ store: postgres.store, contexts: [audit] }),
    )
    for (const platform of await Promise.all(starts))
      await platform.projection('AuditEventProjection').close()
    expect(await counts('globex', 'globex')).toEqual([200, 200, 200])
  })

  it('go with a tombstoned stream and with their tenant', async () => {
    const { platform, store } = postgres
    await tombstoneStream(store, 'stack', 'com.example.thing', { reason: 'a test' })
    const head = await store.head({ tenantId: 'stack' })
    expect(await platform.projection('AuditEventProjection').waitFor(head, 20_000, 'stack')).toBe(true)
    expect(await counts('stack', 'stack')).toEqual([1, 1, 1])
    await postgres.platform.deleteTenant('globex')
    expect(await counts('every tenant', 'globex')).toEqual([0, 0, 0])
    expect(await counts('acme', 'acme')).toEqual([1_000, 1_000, 1_000])
  })
})

describe('several shards', () => {
  it('have positions of their own, and each tenant finds its own events', async () => {
    await using trail = await postgresTrail(3)
    const tenants = ['acme', 'globex', 'initech', 'umbrella', 'hooli', 'stark']
    const thing = { eventType: 'com.example.thing', occurredAt: '2026-06-11T09:00:01Z', payload: 'a thing' }
    await Promise.all(
      tenants.map(tenant => trail.publish(tenant, [thing, { ...thing, payload: `of ${tenant}` }])),
    )
    const positions = new Set<number>()
    for (const tenant of tenants) {
      const find = (text: string) => searchEvents(trail.store, tenant, { text }, { order: 'asc', limit: 9 })
      expect(await find('thing')).toHaveLength(2)
      const [position] = await find(tenant)
      const [event] = await trail.store.readPositions(tenant, [position as number])
      expect(event?.envelope.payload).toBe(`of ${tenant}`)
      positions.add(position as number)
    }
    // Six tenants on three shards: some positions are given twice.
    expect(positions.size).toBeLessThan(tenants.length)
    const { status } = trail.platform.projection('AuditEventProjection')
    expect(status.state).toBe('running')
  })
})
