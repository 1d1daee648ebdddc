import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { EventDetail } from '../api/types.ts'
import type { TestServer } from '../start/fixtures/test-server.ts'
import { startTestServer } from '../start/fixtures/test-server.ts'
import { auditEvent } from './fixtures/events.ts'
import type { Problem } from './problem.ts'

let test: TestServer
beforeAll(async () => {
  test = await startTestServer({ maxBytes: 2 * 1024 * 1024 })
})
afterAll(() => test.stop())

const large = (eventId: string) => auditEvent({ payload: 'x'.repeat(100_000) }, { eventId })
const publish = (path: string, body: unknown) =>
  test.call<Problem>(path, { key: test.keys.acme.writer, body })

describe('a full disk', () => {
  it('refuses what does not fit, keeps what was acknowledged, and stays up', async () => {
    const acknowledged: string[] = []
    let refusal: Problem | undefined
    for (let at = 0; refusal === undefined && at < 50; at += 1) {
      const answer = await publish('/v1/events', large(`large-${at}`))
      if (answer.status === 201) acknowledged.push(`large-${at}`)
      else refusal = answer.body
    }
    expect(refusal).toMatchObject({ status: 507, code: 'store_full', retryable: true })
    expect(acknowledged.length).toBeGreaterThan(3)
    expect(await test.head()).toBe(acknowledged.length)
    for (const id of acknowledged) {
      const { status, body } = await test.call<EventDetail>(`/v1/events/${id}`, {
        key: test.keys.acme.reader,
      })
      expect([status, body.event.eventId]).toEqual([200, id])
    }
    const refused = `/v1/events/large-${acknowledged.length}`
    expect((await test.call(refused, { key: test.keys.acme.reader })).status).toBe(404)
    expect((await test.call('/healthz')).status).toBe(200)
  })

  it('says so for each event of a batch and for an import, and stores no part of them', async () => {
    const before = await test.head()
    const batch = await publish('/v1/events/batch', [large('b-1'), large('b-2'), large('b-3')])
    const { results } = batch.body as unknown as { results: { status: number; problem: Problem }[] }
    expect(batch.status).toBe(207)
    for (const result of results)
      expect(result).toMatchObject({ status: 507, problem: { code: 'store_full' } })
    expect(await test.head()).toBe(before)
  })

  it('leaves a repeat of what is stored what it was', async () => {
    const repeat = await publish('/v1/events', large('large-0'))
    expect([repeat.status, repeat.body]).toMatchObject([200, { duplicate: true, position: 1 }])
  })
})
