import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { EventPage } from '../api/types.ts'
import type { TestServer } from '../start/fixtures/test-server.ts'
import { startTestServer } from '../start/fixtures/test-server.ts'
import { auditEvent } from './fixtures/events.ts'
import type { Problem } from './problem.ts'

let test: TestServer
const count = 60
/** Hours after noon at which the events occurred: recorded in another order, with ties, and finer than milliseconds. */
const hours = Array.from({ length: count }, (_, at) => (at * 37) % 20)
const occurred = (at: number) =>
  `2026-06-${String(10 + (hours[at] ?? 0)).padStart(2, '0')}T12:00:00.000${at % 2}Z`

beforeAll(async () => {
  test = await startTestServer()
  for (const tenant of ['acme', 'globex'] as const) {
    const body = hours.map((_, at) =>
      auditEvent({ reason: 'sorted' }, { eventId: `s-${at}`, occurredAt: occurred(at) }),
    )
    await test.call('/v1/events/batch', { key: test.keys[tenant].writer, body })
  }
})
afterAll(() => test.stop())

async function readAll(query: string): Promise<string[]> {
  const ids: string[] = []
  let cursor: string | null = ''
  while (cursor !== null) {
    const path: string = `/v1/events?${query}&limit=7${cursor === '' ? '' : `&cursor=${cursor}`}`
    const { body }: { body: EventPage } = await test.call<EventPage>(path, { key: test.keys.acme.reader })
    ids.push(...body.data.map(item => item.eventId))
    cursor = body.page.nextCursor
  }
  return ids
}

describe('the order of a query', () => {
  const byTime = hours
    .map((_, at) => at)
    .sort((a, b) => (occurred(a) < occurred(b) ? -1 : occurred(a) > occurred(b) ? 1 : a - b))
    .map(at => `s-${at}`)

  it.each(['', 'q=sorted'])(
    'is by time of occurrence where that is asked for, over pages, both ways: %s',
    async filter => {
      expect(await readAll(`${filter}&sort=occurred&order=asc`)).toEqual(byTime)
      expect(await readAll(`${filter}&sort=occurred&order=desc`)).toEqual(byTime.toReversed())
    },
  )

  it('is that of the log otherwise', async () => {
    expect(await readAll('order=asc')).toEqual(hours.map((_, at) => `s-${at}`))
  })

  it('goes with its cursors', async () => {
    const { body } = await test.call<EventPage>('/v1/events?sort=occurred&limit=2', {
      key: test.keys.acme.reader,
    })
    const answer = await test.call<Problem>(`/v1/events?limit=2&cursor=${body.page.nextCursor}`, {
      key: test.keys.acme.reader,
    })
    expect([answer.status, answer.body.code]).toEqual([400, 'cursor_invalid'])
  })
})

describe('an outcome that is none', () => {
  it('is refused, not searched for in vain', async () => {
    const answer = await test.call<Problem>('/v1/events?outcome=foo', { key: test.keys.acme.reader })
    expect([answer.status, answer.body.code]).toEqual([400, 'query_invalid'])
    expect(answer.body.detail).toContain('success, failure, denied, unknown')
  })
})
