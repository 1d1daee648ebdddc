import { describe, expect, it } from 'vitest'
import { queryString } from '../api/client.ts'
import { apiQuery, filterKey, tailQuery } from './api-query.ts'
import { clearFilter, type EventSearch, hasFilter, readEventSearch, toggleValue } from './filter.ts'
import { parseSearch, stringifySearch } from './search-params.ts'
import { isSettled } from './settled.ts'

const full: EventSearch = {
  type: ['order.placed', 'order.paid'],
  actor: ['ann@example.com'],
  q: '"log in" fail*',
  range: '24h',
  event: 'evt_1',
  live: true,
  order: 'asc',
}

describe('the search in the URL', () => {
  it('comes back as it went', () => {
    const url = stringifySearch({ ...full })
    expect(url).toContain('type=order.placed&type=order.paid')
    expect(readEventSearch(parseSearch(url))).toEqual(full)
    expect(stringifySearch({})).toBe('')
  })

  it('keeps a value that needs escaping', () => {
    const search: EventSearch = { resource: ['a&b=c', 'ü +%', '/x?y#z'] }
    expect(readEventSearch(parseSearch(stringifySearch({ ...search })))).toEqual(search)
  })

  it('drops what it does not understand', () => {
    expect(readEventSearch(parseSearch('?range=9y&from=never&to=&x=1&type=&order=up&live=maybe'))).toEqual({})
  })

  it('lets absolute bounds win over a range', () => {
    expect(readEventSearch(parseSearch('?range=1h&from=2026-11-20T00:00:00Z'))).toEqual({
      from: '2026-11-20T00:00:00Z',
    })
  })
})

describe('changing a filter', () => {
  it('adds and removes a value', () => {
    const one = toggleValue({} as EventSearch, 'actor', 'ann')
    const two = toggleValue(one, 'actor', 'bob')
    expect(two).toEqual({ actor: ['ann', 'bob'] })
    expect(toggleValue(toggleValue(two, 'actor', 'ann'), 'actor', 'bob')).toEqual({})
  })

  it('clears all that narrows and nothing else', () => {
    expect(clearFilter(full)).toEqual({ event: 'evt_1', live: true, order: 'asc' })
    expect(hasFilter(full)).toBe(true)
    expect(hasFilter(clearFilter(full))).toBe(false)
  })
})

describe('the query for the API', () => {
  const anchor = Date.parse('2026-11-20T12:00:00Z')

  it('turns a range into a beginning', () => {
    const query = apiQuery(filterKey(full), anchor)
    expect(query.from).toBe('2026-11-19T12:00:00.000Z')
    expect(queryString(query)).toContain('type=order.placed&type=order.paid&actor=ann%40example.com')
  })

  it('leaves the time out for the tail', () => {
    const query = tailQuery({ from: '2026-11-20T00:00:00Z', outcome: ['denied'] })
    expect(query).toMatchObject({ outcome: ['denied'], view: 'summary' })
    expect(query.from).toBeUndefined()
  })
})

describe('isSettled', () => {
  it('waits for the end of a quotation and for the word of an operator', () => {
    for (const whole of ['', 'log in', '"log in"', 'fail*', '-bot', 'a -"b c"'])
      expect(isSettled(whole), whole).toBe(true)
    for (const part of ['"log in', 'a -', '*', '-"b']) expect(isSettled(part), part).toBe(false)
  })
})
