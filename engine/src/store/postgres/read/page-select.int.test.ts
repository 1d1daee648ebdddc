import { afterAll, beforeAll, expect, test } from 'vitest'
import { sampleEvent } from '../../../testing/index.ts'
import { pageBytes, pageSize } from '../../read/paging.ts'
import type { ReadOptions, RecordedEvent } from '../../types.ts'
import type { TemporaryPostgres } from '../fixtures/temporary-store.ts'
import { temporaryPostgres } from '../fixtures/temporary-store.ts'
import type { PostgresStore } from '../postgres-store.ts'

const tenants = ['acme', 'globex', 'initech']
const everyTenant = { tenantId: 'every tenant' } as const
/** More than a page, and no multiple of what the names go round in. */
const rounds = pageSize + 11

let postgres: TemporaryPostgres
let store: PostgresStore
beforeAll(async () => {
  postgres = await temporaryPostgres()
  store = await postgres.open()
  for (let round = 0; round < rounds; round += 1) {
    const tenantId = tenants[round % 3] as string
    const events = [0, 1].map(one => sampleEvent(tenantId, { eventType: `Type${(round + one) % 4}` }))
    await store.append(tenantId, [
      { stream: `s-${round % 5}`, expected: 'any', events },
      { stream: 'all', expected: 'any', events: [sampleEvent(tenantId, { eventType: 'Type0' })] },
    ])
  }
})
afterAll(() => postgres[Symbol.asyncDispose]())

const named = ({ position, tenantId, stream, eventType }: RecordedEvent) => [
  position,
  tenantId,
  stream,
  eventType,
]

/** What each event is named, found without a page. */
async function namesOf(tenantId?: string): Promise<unknown[][]> {
  const rows = await postgres.sql(`SELECT e.position::int, n.name, s.name, t.name FROM keelson.event e
    JOIN keelson.tenant n ON n.id = e.tenant JOIN keelson.stream s ON s.id = e.stream
    JOIN keelson.event_type t ON t.id = e.type ORDER BY 1`)
  return rows.filter(([, name]) => tenantId === undefined || name === tenantId)
}

const backwards = { direction: 'backwards' } as const

test.each<[string, ReadOptions]>([
  ['forwards', {}],
  ['backwards', backwards],
])('every event of a page has its own names, %s', async (_, options) => {
  const inOrder = (rows: unknown[][]) => (options.direction ? rows.toReversed() : rows)
  const whole = await Array.fromAsync(store.readAll(everyTenant, options))
  expect(whole.map(named)).toEqual(inOrder(await namesOf()))
  const own = await Array.fromAsync(store.readAll({ tenantId: 'globex' }, options))
  expect(own.map(named)).toEqual(inOrder(await namesOf('globex')))
  const stream = await Array.fromAsync(store.readStream('acme', 'all', options))
  expect(stream.map(named)).toEqual(
    inOrder((await namesOf('acme')).filter(([, , streamName]) => streamName === 'all')),
  )
})

test('an event whose names are gone has none, and not those of the event before', async () => {
  await using other = await temporaryPostgres()
  const broken = await other.open()
  for (const stream of ['one', 'two', 'one'])
    await broken.append('acme', [{ stream, expected: 'any', events: [sampleEvent('acme')] }])
  await other.sql("DELETE FROM keelson.stream WHERE name = 'two'")
  const streams = (await Array.fromAsync(broken.readAll({ tenantId: 'acme' }))).map(({ stream }) => stream)
  expect(streams).toEqual(['one', '', 'one'])
})

test('a page ends with the event that reaches its bytes', async () => {
  const events = Array.from({ length: 6 }, () =>
    sampleEvent('large', { payload: { text: 'x'.repeat(pageBytes / 5) } }),
  )
  for (const event of events) await store.append('large', [{ stream: 's', expected: 'any', events: [event] }])
  const tail = store.tail({ tenantId: 'large' })
  const sizes = [(await tail.next()).value?.length, (await tail.next()).value?.length]
  await tail.return(undefined)
  expect(sizes).toEqual([5, 1])
})
