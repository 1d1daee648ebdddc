import { tombstoneStream } from 'keelson'
import { expect, it } from 'vitest'
import { auditEvent, useAuditPlatform } from '../fixtures/audit-platform.ts'
import { searchEvents } from '../search/search.ts'

const stream = 'AuditEvent-repository:octo/hello'
const time = '2026-06-11T09:00:01Z'

const trail = useAuditPlatform(async trail => {
  for (const tenantId of ['acme', 'globex']) {
    const own = Array.from({ length: 30 }, (_, index) => auditEvent({ summary: `Number ${index}` }))
    const other = { eventType: 'com.example.thing', occurredAt: time, payload: { text: 'of another stream' } }
    await trail.publish(tenantId, [...own, other])
  }
})

/** How many the trail finds by the stream, at all, and by a word of the stream's events. */
async function found(tenantId: string): Promise<number[]> {
  const { store } = trail().platform
  const page = { order: 'asc', limit: 500 } as const
  const filters = [{ stream: [stream] }, {}, { text: 'number' }]
  const positions = await Promise.all(filters.map(filter => searchEvents(store, tenantId, filter, page)))
  return positions.map(({ length }) => length)
}

it('keeps nothing of a tombstoned stream, nor of a deleted tenant', async () => {
  const { platform } = trail()
  const { store } = platform
  await store.define(["CREATE VIRTUAL TABLE temp_words USING fts5vocab ('audit_text', 'instance')"])
  expect(await found('globex')).toEqual([30, 31, 30])
  await tombstoneStream(store, 'globex', stream, { reason: 'imported twice' })
  const head = await store.head({ tenantId: 'globex' })
  expect(await platform.projection('AuditEventProjection').waitFor(head, 20_000, 'globex')).toBe(true)
  expect(await found('globex')).toEqual([0, 2, 0])
  expect(await platform.deleteTenant('globex')).toEqual({ events: 32 })
  expect(await found('globex')).toEqual([0, 0, 0])
  const everyTenant = { tenantId: 'every tenant' } as const
  const rows = await store.query(everyTenant, 'SELECT DISTINCT tenant FROM audit_event', [])
  expect(rows).toEqual([['acme']])
  const docs = await store.query(
    everyTenant,
    "SELECT count(DISTINCT doc) FROM temp_words WHERE col = 'text'",
    [],
  )
  expect(docs).toEqual([[31]])
  expect(await found('acme')).toEqual([30, 31, 30])
})
