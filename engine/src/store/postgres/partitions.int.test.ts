import { expect, test } from 'vitest'
import { sampleEvent } from '../../testing/index.ts'
import { verifyLog } from '../check/verify.ts'
import { temporaryPostgres } from './fixtures/temporary-store.ts'
import { appendInTransaction } from './index.ts'

const partitionSize = 50
const events = (count: number) => Array.from({ length: count }, () => sampleEvent('acme'))

test('partitions are made as the log grows, also for one append of several, and read across', async () => {
  await using postgres = await temporaryPostgres()
  const [one, two] = [await postgres.open({ partitionSize }), await postgres.open()]
  for (let round = 0; round < 12; round += 1) {
    const store = round % 2 === 0 ? one : two
    await store.append('acme', [
      { stream: `s-${round % 3}`, expected: 'any', events: events(7 + 20 * (round % 3)) },
    ])
  }
  const head = await one.append('acme', [{ stream: 'long', expected: 'none', events: events(333) }])
  const last = head.at(-1)?.position as number
  expect(await verifyLog(one)).toMatchObject({ isSound: true, events: last })
  const versions = await Array.fromAsync(two.readStream('acme', 's-1'))
  expect(versions.map(({ version }) => version)).toEqual(versions.map((_, at) => at + 1))
  const backwards = await Array.fromAsync(two.readAll({ tenantId: 'acme' }, { direction: 'backwards' }))
  expect(backwards.map(({ position }) => position)).toEqual(backwards.map((_, at) => last - at))
  await one.close()
  await two.close()
  const used = await postgres.sql(
    `SELECT count(*)::int FROM keelson.event_partition WHERE first_position <= ${last}`,
  )
  expect(used).toEqual([[Math.ceil(last / partitionSize)]])
})

test('the next partition is there before it is needed', async () => {
  await using postgres = await temporaryPostgres()
  const store = await postgres.open({ partitionSize })
  await store.append('acme', [{ stream: 's', expected: 'any', events: events(partitionSize / 2 + 1) }])
  await store.close()
  expect(await postgres.sql('SELECT max(last_position)::int FROM keelson.event_partition')).toEqual([
    [2 * partitionSize],
  ])
})

test("a product's transaction makes the partitions that it needs, or leaves none", async () => {
  await using postgres = await temporaryPostgres()
  const store = await postgres.open({ partitionSize })
  const client = await postgres.pool().connect()
  const write = () => [{ stream: 's', expected: 'any', events: events(120) }] as const
  try {
    await client.query('BEGIN')
    await appendInTransaction(client, 'acme', write())
    await client.query('ROLLBACK; BEGIN')
    await appendInTransaction(client, 'acme', write())
    await client.query('COMMIT')
  } finally {
    client.release()
  }
  await store.append('acme', write())
  expect(await verifyLog(store)).toMatchObject({ isSound: true, events: 240 })
})
