import { QueryClient } from '@tanstack/react-query'
import { expect, it } from 'vitest'
import type { Api } from './client.ts'
import { erasuresOfKeysQuery, redactionsOfEventQuery } from './removed-query.ts'

/** Answers by path; of `/v1/erasures` one page after the other. */
function apiOf(answers: Readonly<Record<string, unknown>>): Api {
  const get = (path: string, { query = {} }: { query?: { cursor?: string } } = {}) =>
    Promise.resolve(answers[query.cursor === undefined ? path : `${path}?${query.cursor}`])
  return { get } as unknown as Api
}

it('reads what was taken out of an event from the records that say so', async () => {
  const payload = { action: 'redaction', paths: ['/payload/note'], reason: 'T-1' }
  const event = { eventId: 'r1', sequence: 7, recordedAt: '2026-11-20T00:00:00Z', payload }
  const api = apiOf({ '/v1/events/e1/sealed': { redactions: ['r1'] }, '/v1/events/r1': { event } })
  expect(await new QueryClient().fetchQuery(redactionsOfEventQuery(api, 'acme', 'e1'))).toEqual([
    { recordId: 'r1', n: 7, at: event.recordedAt, paths: ['/payload/note'], reason: 'T-1' },
  ])
})

it('finds the erasures of keys on every page, and none that was not carried out', async () => {
  const erasure = (id: string, keys: readonly string[], receipt: object | null = {}) => ({
    id,
    keys,
    receipt,
  })
  const api = apiOf({
    '/v1/erasures': { data: [erasure('1', ['k-1'], null), erasure('2', ['k-9'])], page: { nextCursor: 'c' } },
    '/v1/erasures?c': { data: [erasure('3', ['k-0', 'k-1'])], page: { nextCursor: null } },
  })
  const found = await new QueryClient().fetchQuery(erasuresOfKeysQuery(api, 'acme', ['k-1']))
  expect(found.map(({ id }) => id)).toEqual(['3'])
})
