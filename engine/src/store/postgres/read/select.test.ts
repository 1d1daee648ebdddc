import { expect, test } from 'vitest'
import { takePage, toRecordedEvent } from './select.ts'

type Names = readonly [tenant: string | null, stream: string | null, type: string | null]

const row = (position: number, [tenant, stream, type]: Names, state: number | null = null): unknown[] => [
  position,
  position - 1,
  tenant,
  stream,
  1,
  type,
  '',
  '',
  '',
  state === null ? '{}' : '',
  state,
]

test('a name that a row leaves out is that of the row before', () => {
  const page = takePage([
    row(1, ['acme', 's', 'A']),
    row(2, [null, null, null]),
    row(3, ['globex', 's', null]),
    row(4, [null, 'r', 'B']),
  ])
  expect(page.map(({ tenantId, stream, eventType }) => [tenantId, stream, eventType])).toEqual([
    ['acme', 's', 'A'],
    ['acme', 's', 'A'],
    ['globex', 's', 'A'],
    ['globex', 'r', 'B'],
  ])
})

test('a name that was not found is not the one before', () => {
  const [, second] = takePage([row(1, ['acme', 's', 'A']), row(2, ['', '', ''])])
  expect([second?.tenantId, second?.stream, second?.eventType]).toEqual(['', '', ''])
})

test('nothing is left of a page where its rows were', () => {
  const rows = [row(1, ['acme', 's', 'A']), row(2, [null, null, null])]
  expect(takePage(rows)).toHaveLength(2)
  expect(rows).toEqual([])
})

test('a body is there unless a state says otherwise', () => {
  const page = takePage([null, 1, 2, 3].map((state, at) => row(at + 1, ['acme', 's', 'A'], state)))
  expect(page.map(({ bodyState }) => bodyState)).toEqual(['present', 'archived', 'removed', 'removed'])
  expect(toRecordedEvent(row(1, ['acme', 's', 'A'], 0)).bodyState).toBe('present')
})
