import { describe, expect, it } from 'vitest'
import { fromCursor, QueryReader, toCursor } from './query.ts'

const read = (query: Record<string, unknown>, known = Object.keys(query)) => new QueryReader(query, known)
const faultsOf = (reader: QueryReader): string[] => {
  try {
    reader.done()
    return []
  } catch (error) {
    return (error as { details: { faults: { pointer: string }[] } }).details.faults.map(
      fault => fault.pointer,
    )
  }
}

describe('query parameters', () => {
  it('are filters that are given once or several times, blanks left out', () => {
    const query = {
      type: 'A',
      actor: ['a', '', 'b'],
      action: '',
      q: ' x  y ',
      from: '2026-06-11T11:00:00+02:00',
    }
    const reader = read(query)
    expect(reader.filter()).toEqual({
      type: ['A'],
      actor: ['a', 'b'],
      text: 'x  y',
      from: '2026-06-11T09:00:00Z',
    })
    expect(faultsOf(reader)).toEqual([])
  })

  it('are whole numbers within bounds, else the default and a fault', () => {
    const reader = read({ a: '1', b: '500', c: '501', d: '01', e: ' 1', f: '', g: ['1', '2'] })
    const values = ['a', 'b', 'c', 'd', 'e', 'f', 'g'].map(name => reader.integer(name, 1, 500, 50))
    expect(values).toEqual([1, 500, 50, 1, 50, 50, 50])
    expect(faultsOf(reader)).toEqual(['/c', '/e', '/g'])
  })

  it('are refused where they are unknown, with names cut and at most 20 faults', () => {
    const many = Object.fromEntries(Array.from({ length: 30 }, (_, at) => [`${at}`.padEnd(100, 'x'), '1']))
    const faults = faultsOf(read(many, ['limit']))
    expect(faults).toHaveLength(20)
    expect(Math.max(...faults.map(pointer => pointer.length))).toBe(61)
  })
})

describe('a cursor', () => {
  it('is a place in an order', () => {
    for (const position of [0, 1, 499, 2 ** 53 - 1]) {
      expect(fromCursor(toCursor(position, 'asc'), 'asc')).toBe(position)
      expect(fromCursor(toCursor(position, 'desc'), 'desc')).toBe(position)
    }
  })

  it('is for its own order alone', () => {
    expect(() => fromCursor(toCursor(1, 'asc'), 'desc')).toThrow('other order')
  })
})
