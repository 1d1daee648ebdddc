import { describe, expect, it } from 'vitest'
import { findMatches, jsonLines } from './lines.ts'

const value = { user: { name: 'Ann', 'a/b': [1, null] }, empty: {}, ok: true }

describe('jsonLines', () => {
  it('prints every value once, with its pointer', () => {
    const lines = jsonLines(value, () => false)
    expect(lines.filter(l => l.kind === 'leaf').map(l => [l.pointer, l.text])).toEqual([
      ['/user/name', '"Ann"'],
      ['/user/a~1b/0', '1'],
      ['/user/a~1b/1', 'null'],
      ['/ok', 'true'],
    ])
    expect(new Set(lines.map(l => l.id)).size).toBe(lines.length)
    expect(lines.find(l => l.pointer === '/empty')).toMatchObject({ kind: 'folded', text: '{}', size: 0 })
  })

  it('folds where told', () => {
    const lines = jsonLines(value, pointer => pointer === '/user')
    expect(lines.map(l => l.text)).toEqual(['{', '{…}', '{}', 'true', '}'])
  })
})

describe('findMatches', () => {
  it('finds names and values, and what must be open to see them', () => {
    const { hits, above } = findMatches(value, 'ann')
    expect([...hits]).toEqual(['/user/name'])
    expect([...above]).toEqual(['', '/user'])
    expect([...findMatches(value, 'USER').hits]).toEqual(['/user'])
    expect(findMatches(value, ' ').hits.size).toBe(0)
  })
})
