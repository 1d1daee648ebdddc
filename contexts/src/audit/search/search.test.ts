import type { JsonObject, RecordedEvent } from 'keelson'
import { describe, expect, it } from 'vitest'
import { governance } from '../../governance/index.ts'
import { auditEvent, useAuditPlatform } from '../fixtures/audit-platform.ts'
import { countFacets } from './facets.ts'
import type { AuditFilter } from './filter.ts'
import { searchEvents } from './search.ts'

/** Events of the tenant acme by the names they have in these tests. */
const named: Record<string, JsonObject> = {
  created: auditEvent({}, { correlationId: 'c-1', source: 'github' }),
  deleted: auditEvent(
    { action: 'repository.deleted', actor: { type: 'user', id: 'u-2', name: 'Bob' }, outcome: 'denied' },
    { correlationId: 'c-1', source: 'github' },
  ),
  promoted: auditEvent({
    action: 'deployment.promoted',
    actor: { type: 'service', id: 'Ada' },
    resource: { type: 'environment', id: 'prod' },
    outcome: 'failure',
    payload: { note: 'the quick brown fox', deep: [{ list: ['jumps'] }] },
  }),
  decided: {
    eventType: 'PolicyDecisionRecorded',
    occurredAt: '2026-06-11T09:00:01Z',
    source: 'policy-engine',
    metadata: { user: 'u-1', ip: '203.0.113.7' },
    payload: {
      policyDecisionId: 'dec-1',
      decision: 'Deny',
      policyDefinitionId: 'pol-1',
      policyVersion: '3',
      action: 'Promote',
      subject: {},
      resource: { type: 'Deployment' },
    },
  },
  kept: {
    eventType: 'com.example.thing',
    occurredAt: '2026-06-11T09:00:01Z',
    payload: 7,
    source: 'elsewhere',
  },
}

const times = [
  '2026-06-10T23:59:59.999999999Z',
  '2026-06-11T00:00:00Z',
  '2026-06-11T00:00:00.000000001Z',
  '2026-06-11T00:00:00.1Z',
  '2026-06-11T00:00:00.10Z',
  '2026-06-11T00:00:00.2Z',
]

const trail = useAuditPlatform(
  async trail => {
    await trail.publish(
      'acme',
      Object.entries(named).map(([eventId, event]) => ({ ...event, eventId })),
    )
    await trail.publish(
      'times',
      times.map((occurredAt, index) => auditEvent({}, { eventId: `t${index}`, occurredAt })),
    )
    const many = Array.from({ length: 230 }, (_, index) =>
      auditEvent({ action: index % 2 === 0 ? 'even' : 'odd' }, { eventId: `m${index}` }),
    )
    await trail.publish('many', many)
    // Neighbours by name, with the same words.
    for (const tenantId of ['acme-2', 'acme-2-x', 'ac'])
      await trail.publish(tenantId, [auditEvent({}, { eventId: `of-${tenantId}` })])
  },
  [governance],
)

async function find(tenantId: string, filter: AuditFilter, order: 'asc' | 'desc' = 'asc'): Promise<string[]> {
  const { store } = trail().platform
  const positions = await searchEvents(store, tenantId, filter, { order, limit: 300 })
  const events = await store.readPositions(tenantId, positions)
  expect(events.map(({ position }) => position)).toEqual(positions)
  return events.map(({ eventId }: RecordedEvent) => eventId)
}

const all = Object.keys(named)

describe('a filter', () => {
  it.each<[AuditFilter, string[]]>([
    [{}, all],
    [{ type: ['AuditEventReceived'] }, ['created', 'deleted', 'promoted']],
    [{ type: ['PolicyDecisionRecorded', 'com.example.thing'] }, ['decided', 'kept']],
    [{ type: ['auditeventreceived'] }, []],
    [{ actor: ['u-1'] }, ['created', 'decided']],
    [{ actor: ['Ada'] }, ['created', 'promoted']],
    [{ actor: ['Bob', 'elsewhere'] }, ['deleted', 'kept']],
    [{ action: ['repository.deleted'] }, ['deleted']],
    [{ action: ['com.example.thing'] }, ['kept']],
    [{ resource: ['octo/hello'] }, ['created', 'deleted']],
    [{ resource: ['Hello'] }, ['created', 'deleted']],
    [{ resource: ['environment', 'PolicyDecision'] }, ['promoted', 'decided']],
    [{ resource: ['dec-1'] }, ['decided']],
    [{ outcome: ['denied'] }, ['deleted', 'decided']],
    [{ outcome: ['failure', 'success'] }, ['created', 'promoted', 'kept']],
    [{ source: ['github'] }, ['created', 'deleted']],
    [{ stream: ['AuditEvent-environment:prod'] }, ['promoted']],
    [{ stream: ['com.example.thing', 'PolicyDecision-dec-1'] }, ['decided', 'kept']],
    [{ correlationId: ['c-1'] }, ['created', 'deleted']],
    [{ correlationId: ['c-1'], outcome: ['denied'] }, ['deleted']],
    [{ actor: ['u-1'], type: ['AuditEventReceived'] }, ['created']],
    [{ actor: ['u-1'], source: ['nowhere'] }, []],
    [{ actor: [], source: [] }, all],
    [{ text: 'fox' }, ['promoted']],
    [{ text: 'JUMPS quick' }, ['promoted']],
    [{ text: '"brown fox"' }, ['promoted']],
    [{ text: 'repositor* -denied' }, ['created']],
    [{ text: '203.0.113.7' }, ['decided']],
    [{ text: 'policy' }, ['decided']],
    [{ text: 'hello', outcome: ['denied'] }, ['deleted']],
    [{ text: 'nothing' }, []],
  ])('%j finds %j', async (filter, found) => {
    expect(await find('acme', filter)).toEqual(found)
    expect(await find('acme', filter, 'desc')).toEqual(found.toReversed())
  })

  it.each<[AuditFilter, string[]]>([
    [{ from: '2026-06-11T00:00:00Z' }, ['t1', 't2', 't3', 't4', 't5']],
    [{ to: '2026-06-11T00:00:00Z' }, ['t0']],
    [{ from: '2026-06-11T00:00:00.000000001Z', to: '2026-06-11T00:00:00.1Z' }, ['t2']],
    [{ from: '2026-06-11T00:00:00.100Z', to: '2026-06-11T00:00:00.100000001Z' }, ['t3', 't4']],
    [{ from: '2026-06-10T23:59:59.999999999Z', to: '2026-06-11T00:00:00.000000001Z' }, ['t0', 't1']],
    [{ from: '2026-06-11T00:00:00.2Z' }, ['t5']],
    [{ from: '2026-06-11T00:00:00.200000001Z' }, []],
  ])('takes times to the nanosecond, from one on and before the other: %j', async (filter, found) => {
    expect(await find('times', filter)).toEqual(found)
  })

  it('takes hostile values as values', async () => {
    for (const value of ["' OR '1'='1", '%', 'a\u0000b', '"', '?1', 'x'.repeat(5000)]) {
      expect(await find('acme', { actor: [value], source: [value] })).toEqual([])
    }
  })
})

describe('paging', () => {
  it.each<['asc' | 'desc', AuditFilter, number]>([
    ['asc', {}, 230],
    ['desc', {}, 230],
    ['desc', { action: ['even'] }, 115],
    ['asc', { text: 'odd' }, 115],
    ['desc', { text: 'odd' }, 115],
  ])('%s over %j has no gap and no repeat', async (order, filter, count) => {
    const seen: number[] = []
    for (let after: number | undefined; ; ) {
      const page = { order, limit: 33, ...(after === undefined ? {} : { after }) }
      const positions = await searchEvents(trail().platform.store, 'many', filter, page)
      expect(positions.length).toBeLessThanOrEqual(34)
      seen.push(...positions.slice(0, 33))
      if (positions.length <= 33) break
      after = seen.at(-1)
    }
    expect(seen).toHaveLength(count)
    expect(new Set(seen).size).toBe(count)
    expect(seen).toEqual(seen.toSorted((a, b) => (order === 'asc' ? a - b : b - a)))
  })
})

describe('tenants', () => {
  it.each(['acme-2', 'acme-2-x', 'ac'])('%s sees its own events only, by text too', async tenantId => {
    for (const filter of [
      {},
      { text: 'repository' },
      { text: 'rep*' },
      { actor: ['u-1'] },
      { resource: ['repository'] },
    ]) {
      expect(await find(tenantId, filter)).toEqual([`of-${tenantId}`])
      expect((await countFacets(trail().platform.store, tenantId, filter)).total).toBe(1)
    }
  })

  it('acme sees none of its neighbours', async () => {
    expect(await find('acme', { text: 'repository created' })).toEqual(['created'])
    expect((await countFacets(trail().platform.store, 'acme', { text: 'repository created' })).total).toBe(1)
  })

  it('must be named', async () => {
    const { store } = trail().platform
    await expect(searchEvents(store, '', {}, { order: 'asc', limit: 1 })).rejects.toMatchObject({
      code: 'tenant_required',
    })
    await expect(countFacets(store, '', {})).rejects.toMatchObject({ code: 'tenant_required' })
    expect(await find('nobody', {})).toEqual([])
  })
})

describe('facets', () => {
  it('count the values of what matches, the most frequent first, with labels', async () => {
    const { total, capped, facets } = await countFacets(trail().platform.store, 'acme', {})
    expect({ total, capped }).toEqual({ total: 5, capped: false })
    expect(facets.type).toEqual([
      { value: 'AuditEventReceived', count: 3 },
      { value: 'PolicyDecisionRecorded', count: 1 },
      { value: 'com.example.thing', count: 1 },
    ])
    expect(facets.actor).toEqual([
      { value: 'u-1', count: 2 },
      { value: 'Ada', count: 1 },
      { value: 'elsewhere', count: 1 },
      { value: 'u-2', count: 1, label: 'Bob' },
    ])
    expect(facets.outcome).toEqual([
      { value: 'denied', count: 2 },
      { value: 'success', count: 2 },
      { value: 'failure', count: 1 },
    ])
    expect(facets.resource.map(({ value, count, label }) => [value, count, label])).toEqual([
      ['octo/hello', 2, 'Hello'],
      ['dec-1', 1, undefined],
      ['prod', 1, undefined],
    ])
    expect(facets.source[0]).toEqual({ value: 'github', count: 2 })
  })

  it('count within the filter', async () => {
    const { total, facets } = await countFacets(trail().platform.store, 'many', {
      action: ['even'],
      text: 'ada',
    })
    expect(total).toBe(115)
    expect(facets.action).toEqual([{ value: 'even', count: 115 }])
  })

  it('stop at the newest 10,000 matches and twelve values, and say so', async () => {
    const { store } = trail().platform
    const columns = 'event_id, type, source, stream, correlation_id, occurred_at, outcome'
    const insert = `WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10001)
      INSERT INTO audit_event (position, tenant, action, ${columns})
      SELECT 1000000 + i, 'capped', 'a' || (i % 20), 'e', 't', 's', 'x', 'c', '2026', 'success' FROM n`
    await store.commit({ scope: { tenantId: 'capped' }, statements: [{ sql: insert, params: [] }] })
    const { total, capped, facets } = await countFacets(store, 'capped', {})
    expect({ total, capped }).toEqual({ total: 10_000, capped: true })
    expect(facets.action).toHaveLength(12)
    // The oldest is left out: of its value there is one less.
    expect(facets.action.map(({ count }) => count)).toEqual(Array(12).fill(500))
    await store.commit({
      scope: { tenantId: 'capped' },
      statements: [{ sql: 'DELETE FROM audit_event WHERE position = 1000001', params: [] }],
    })
    expect(await countFacets(store, 'capped', {})).toMatchObject({ total: 10_000, capped: false })
  })
})
