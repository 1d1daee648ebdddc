import { expect, test } from 'vitest'
import { pageSize } from '../../read/paging.ts'
import type { PostgresPool, PostgresQuery } from '../connection/pool.ts'
import { Sessions } from '../connection/sessions.ts'
import { Turns } from '../connection/turns.ts'
import { PostgresReader } from './postgres-reader.ts'

const row = (position: number): unknown[] => [position, 0, 'acme', 's', position, 'A', '', '', '', '{}', null]

/** A database with a log of so many events, each of whose answers comes a turn of the event loop later. */
function distantPool(size: number, asked: (statement: string) => void): PostgresPool {
  const answer = async ({ text, values = [] }: PostgresQuery) => {
    asked(text)
    await new Promise(resolve => setImmediate(resolve))
    const after = values.find(value => typeof value === 'number') as number
    const count = Math.min(pageSize, size - after)
    return {
      rows: text.includes('FROM event') ? Array.from({ length: count }, (_, at) => row(after + at + 1)) : [],
    }
  }
  return { connect: async () => ({ query: answer, release: () => undefined }) }
}

test('the next page is asked for while events are used that nobody waits for', async () => {
  const usedWhenAsked: number[] = []
  let used = 0
  const pool = distantPool(3 * pageSize, text => {
    if (text.includes('FROM event')) usedWhenAsked.push(used)
  })
  const sessions = new Sessions(pool, { applicationRole: 'keelson_app', durability: 'fsync' })
  const turns = new Turns({ maxReads: 4, maxReadsOfTenant: 4, maxWaiting: 4 })
  const reader = new PostgresReader(sessions, turns)
  for await (const { position } of reader.events({ shard: 0, tenantId: 'acme' }, {})) {
    used += 1
    expect(position).toBe(used)
  }
  expect(used).toBe(3 * pageSize)
  const usedOfPage = usedWhenAsked.slice(1).map((count, page) => count - page * pageSize)
  expect(usedOfPage).toHaveLength(3)
  expect(Math.max(...usedOfPage)).toBeLessThan(pageSize / 2)
})
