import fc from 'fast-check'
import type { JsonObject, RecordedEvent } from 'keelson'
import { describe, expect, it } from 'vitest'
import { auditEvent, useAuditPlatform } from '../fixtures/audit-platform.ts'
import { toTextQuery } from '../words/text-query.ts'
import type { AuditFilter } from './filter.ts'
import { matchesFilter } from './match.ts'
import { searchEvents } from './search.ts'

/** Words in which the cutting and folding of the index shows. */
const words = [
  'Ada',
  'ada',
  'hello-world',
  'hello',
  'world',
  'repo',
  'repository',
  'Zürich',
  'zurich',
  'GRÜSSE',
  'Straße',
  'ΟΔΟΣ',
  'οδος',
  'οδός',
  'край',
  'краи',
  'ёлка',
  'елка',
  'İstanbul',
  'istanbul',
  'ﬁne',
  'naïve',
  'nai\u0308ve',
  'Ærø',
  'ほん',
  'ぽん',
  'ほんだ',
  'か',
  'が',
  'か\u3099',
  '日本語',
  '한국',
  '하',
  'हिन्दी',
  'हि',
  'שלום',
  'مرحبا',
  '10.0.0.7',
  '10',
  '0',
  'x_y',
  'x',
  "o'neil",
  'v1.2.3',
  'a\u0000b',
  '😀',
  'ok😀ok',
  '½',
  '²',
  'ⅷ',
  'µ',
  'aaa',
  'aa',
  '١٢',
]
const actors = ['u-1', 'u-2', 'Ada', 'svc']
const actions = ['repo.created', 'repo.deleted', 'login']
const resources = ['octo/hello', 'prod', 'Hello', 'repository']
const outcomes = ['success', 'failure', 'denied', 'unknown']
const occurred = [
  '2026-06-11T00:00:00Z',
  '2026-06-11T00:00:00.000000001Z',
  '2026-06-11T00:00:00.5Z',
  '2026-06-11T00:00:00.50Z',
  '2026-06-11T00:00:01Z',
]

const at = <T>(list: readonly T[], index: number): T => list[index % list.length] as T

/** Different events of three types, made by counting. */
function sample(index: number): JsonObject {
  const envelope = {
    eventId: `e-${index}`,
    occurredAt: at(occurred, index),
    source: at(['github', 'aws', 'Ada'], index),
    correlationId: `c-${index % 7}`,
  }
  const text = [at(words, index), at(words, index * 7 + 3), at(words, index * 3 + 1)]
  if (index % 5 === 0)
    return {
      ...envelope,
      eventType: 'com.example.thing',
      payload: { text, decision: at(['Deny', 'Allow'], index) },
      metadata: { user: at(actors, index) },
    }
  if (index % 7 === 0)
    return {
      ...envelope,
      eventType: 'com.example.other',
      payload: text,
      aggregateType: 'repository',
      aggregateId: at(resources, index),
    }
  return auditEvent(
    {
      actor: {
        type: 'user',
        id: at(actors, index),
        ...(index % 2 === 0 ? { name: at(actors, index + 1) } : {}),
      },
      action: at(actions, index),
      resource: {
        type: at(resources, index + 3),
        id: at(resources, index),
        ...(index % 3 === 0 ? { name: at(resources, index + 1) } : {}),
      },
      outcome: at(outcomes, index),
      ...(index % 4 === 0 ? { summary: text.join(' ') } : {}),
      payload: { text: text.join(', '), n: 7 },
    },
    envelope,
  )
}

const events: RecordedEvent[] = []

const trail = useAuditPlatform(async trail => {
  await trail.publish(
    'acme',
    Array.from({ length: 140 }, (_, index) => sample(index)),
  )
  await trail.publish(
    'acme-2',
    Array.from({ length: 20 }, (_, index) => sample(index)),
  )
  events.push(...(await trail.events('acme')))
})

const some = (values: readonly string[]) => fc.subarray([...values, 'nothing'], { maxLength: 3 })

const term = fc
  .tuple(
    fc.constantFrom('', '', '', '-'),
    fc.oneof(
      fc.constantFrom(...words),
      fc.constantFrom(...words).map(word => `"${word}"`),
      fc.tuple(fc.constantFrom(...words), fc.constantFrom(...words)).map(pair => `"${pair.join(' ')}"`),
      fc
        .tuple(fc.constantFrom(...words), fc.nat({ max: 4 }))
        .map(([word, length]) => `${[...word].slice(0, length + 1).join('')}*`),
      fc.tuple(fc.constantFrom(...words), fc.constantFrom(...words)).map(([a, b]) => `${a}"${b}"`),
      fc.constantFrom(
        '*',
        '-',
        '!',
        'com.example',
        'success',
        'deleted',
        'OR',
        'NOT',
        'NEAR',
        'text:ada',
        '(ada)',
      ),
    ),
  )
  .map(parts => parts.join(''))
const text = fc.array(term, { minLength: 1, maxLength: 3 }).map(terms => terms.join(' '))

const filter: fc.Arbitrary<AuditFilter> = fc.record(
  {
    type: some(['AuditEventReceived', 'com.example.thing', 'com.example.other']),
    actor: some(actors),
    action: some([...actions, 'com.example.thing']),
    resource: some(resources),
    outcome: some(outcomes),
    source: some(['github', 'aws', 'Ada']),
    stream: some(['com.example.thing', 'AuditEvent-prod:octo/hello', 'repository-prod']),
    correlationId: some(['c-1', 'c-2', 'c-3']),
    from: fc.constantFrom(...occurred, '2026-06-11T00:00:00.499999999Z'),
    to: fc.constantFrom(...occurred, '2026-06-11T00:00:00.500000001Z'),
    text,
  },
  { requiredKeys: [] },
)

const isSearchable = (filter: AuditFilter): boolean => {
  try {
    if (filter.text !== undefined) toTextQuery(filter.text, 'acme')
    return true
  } catch {
    return false
  }
}

/** Few members at a time, so that filters find something. */
const narrow = fc
  .tuple(filter, fc.nat(), fc.nat())
  .map(([one, first, second]): AuditFilter => {
    const members = Object.entries(one)
    const kept =
      members.length === 0 ? [] : [members[first % members.length], members[second % members.length]]
    return Object.fromEntries(kept.filter(member => member !== undefined))
  })
  .filter(isSearchable)

async function agree(filter: AuditFilter): Promise<number> {
  const found = await searchEvents(trail().platform.store, 'acme', filter, { order: 'asc', limit: 1000 })
  const matching = events.filter(event => matchesFilter(event, filter)).map(({ position }) => position)
  expect(matching).toEqual(found)
  return found.length
}

describe('matchesFilter', () => {
  it('agrees with what is found in the tables', async () => {
    let hits = 0
    await fc.assert(
      fc.asyncProperty(narrow, async one => {
        if ((await agree(one)) > 0) hits += 1
      }),
      { numRuns: 400 },
    )
    expect(hits).toBeGreaterThan(100)
  })

  it('agrees with the text index', async () => {
    let hits = 0
    await fc.assert(
      fc.asyncProperty(
        text.filter(one => isSearchable({ text: one })),
        async one => {
          if ((await agree({ text: one })) > 0) hits += 1
        },
      ),
      { numRuns: 600 },
    )
    expect(hits).toBeGreaterThan(100)
  })

  it.each(words)('cuts and folds %j as the text index does', async word => {
    if (isSearchable({ text: word })) expect(await agree({ text: word })).toBeGreaterThan(0)
    else expect(word).not.toMatch(/[\p{L}\p{N}]/u)
  })

  it('cuts and folds every letter of the common scripts as the text index does', async () => {
    const ranges = [
      [0x20, 0x17f],
      [0x180, 0x24f],
      [0x1e00, 0x1eff],
      [0x370, 0x3ff],
      [0x400, 0x52f],
      [0x5d0, 0x5ea],
      [0x621, 0x64a],
      [0x905, 0x94d],
      [0x3041, 0x3096],
      [0x30a1, 0x30fa],
      [0x4e00, 0x4e7f],
      [0xac00, 0xac7f],
    ] as const
    const letters = ranges.flatMap(([from, to]) =>
      Array.from({ length: to - from + 1 }, (_, index) => String.fromCodePoint(from + index)),
    )
    const texts = Array.from({ length: Math.ceil(letters.length / 30) }, (_, index) =>
      letters
        .slice(index * 30, index * 30 + 30)
        .map(letter => `a${letter}b`)
        .join(' '),
    )
    await trail().publish(
      'letters',
      texts.map(text => ({
        eventType: 'com.example.letters',
        occurredAt: '2026-06-11T00:00:00Z',
        payload: { text },
      })),
    )
    const stored = await trail().events('letters')
    const { store } = trail().platform
    await store.commit({
      scope: { tenantId: 'letters' },
      statements: [
        {
          sql: "CREATE VIRTUAL TABLE IF NOT EXISTS audit_words USING fts5vocab ('audit_text', 'instance')",
          params: [],
        },
      ],
    })
    const rows = await store.query(
      { tenantId: 'letters' },
      "SELECT doc, term FROM audit_words WHERE col = 'text' AND doc >= ?",
      [stored[0]?.position ?? 0],
    )
    expect(rows.length).toBeGreaterThan(letters.length)
    const missed = rows.filter(([position, term]) => {
      const event = stored.find(one => one.position === position) as RecordedEvent
      return !matchesFilter(event, { text: `"${term}"` })
    })
    expect(missed.map(([, term]) => term)).toEqual([])
  })

  it('passes everything where nothing is asked for', () => {
    expect(events.every(event => matchesFilter(event, {}))).toBe(true)
  })

  it.each(['"open quote', '-ada', '*'])('does not fail on %j, which a search refuses', text => {
    expect(events.map(event => matchesFilter(event, { text }))).toHaveLength(140)
  })
})
