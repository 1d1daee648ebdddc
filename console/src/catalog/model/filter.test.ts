import { describe, expect, it } from 'vitest'
import { parseSearch, stringifySearch } from '../../filter/search-params.ts'
import {
  type CatalogSearch,
  clearFilter,
  countFacet,
  filterEvents,
  hasFilter,
  readCatalogSearch,
  toggleFacet,
} from './filter.ts'
import { anEvent } from './fixtures.ts'

const full: CatalogSearch = {
  q: 'order paid',
  context: ['saas'],
  consumer: ['A & B', 'C'],
  mark: ['personal data'],
  mine: true,
  show: 'topics',
}
const events = [
  anEvent({ type: 'One', context: 'a', topic: 't1', alsoOn: ['t2'], consumers: ['X', 'Y'] }),
  anEvent({ type: 'Two', context: 'a', topic: 't2', isReserved: true }),
  anEvent({ type: 'Three', context: 'b', topic: 't3', consumers: ['X'], scope: 'tenant' }),
  anEvent({ type: 'Four', scope: 'tenant', topic: 't3', personal: [{ pointer: '/a', subject: '/b' }] }),
]
const found = (search: CatalogSearch) =>
  filterEvents(
    events.map(item => ({ item })),
    search,
  ).map(({ item }) => item.type)

describe('the search in the URL', () => {
  it('comes back as it went', () => {
    expect(readCatalogSearch(parseSearch(stringifySearch({ ...full })))).toEqual(full)
  })

  it('drops what it does not understand', () => {
    expect(readCatalogSearch(parseSearch('?q=&context=&show=all&mine=maybe&x=1'))).toEqual({})
    expect(readCatalogSearch({ q: 'x'.repeat(9999) }).q).toHaveLength(200)
    expect(readCatalogSearch({ context: 5, show: 'events' })).toEqual({})
  })

  it('is cleared to what is listed', () => {
    expect(clearFilter(full)).toEqual({ show: 'topics' })
    expect(hasFilter(full)).toBe(true)
    expect(hasFilter(clearFilter(full))).toBe(false)
  })

  it('adds and removes a value', () => {
    const two = toggleFacet(toggleFacet({}, 'topic', 'a'), 'topic', 'b')
    expect(two).toEqual({ topic: ['a', 'b'] })
    expect(toggleFacet(toggleFacet(two, 'topic', 'a'), 'topic', 'b')).toEqual({})
  })
})

describe('filtering events', () => {
  it('takes any value of a facet, and asks for every facet', () => {
    expect(found({ topic: ['t1', 't3'] })).toEqual(['One', 'Three', 'Four'])
    expect(found({ topic: ['t2'] })).toEqual(['One', 'Two'])
    expect(found({ topic: ['t2'], consumer: ['Y'] })).toEqual(['One'])
    expect(found({ context: ['Own types'] })).toEqual(['Four'])
    expect(found({ mark: ['reserved', 'personal data'] })).toEqual(['Two', 'Four'])
    expect(found({ mine: true })).toEqual(['Three', 'Four'])
    expect(found({ mine: true, context: ['a'] })).toEqual([])
  })

  it('counts each facet under the choices of the others, not its own', () => {
    expect(countFacet(events, { context: ['a'] }, 'context')).toEqual([
      { value: 'a', count: 2 },
      { value: 'Own types', count: 1 },
      { value: 'b', count: 1 },
    ])
    expect(countFacet(events, { context: ['a'] }, 'consumer')).toEqual([
      { value: 'X', count: 1 },
      { value: 'Y', count: 1 },
    ])
    expect(countFacet(events, { mine: true }, 'topic')).toEqual([{ value: 't3', count: 2 }])
  })
})
