import type { CompareSchemas, JsonObject } from 'keelson'
import { describe, expect, it } from 'vitest'
import { comparePairs, rememberComparisons } from './remember-comparisons.ts'

function counting() {
  const pairs: string[] = []
  const compare: CompareSchemas = (older, newer) => {
    pairs.push(`${older['title']} ${newer['title']}`)
    return { verdict: 'compatible', differences: [] }
  }
  return { pairs, compare }
}
const of = (title: string): JsonObject => ({ title })

describe('remembered comparisons', () => {
  it('are made once for the same content, in either order on its own', () => {
    const { pairs, compare } = counting()
    const remember = rememberComparisons(compare)
    expect(remember(of('a'), of('b'))).toBe(remember(of('a'), of('b')))
    remember(of('b'), of('a'))
    expect(pairs).toEqual(['a b', 'b a'])
  })

  it('forget the one that was not asked for longest', () => {
    const { pairs, compare } = counting()
    const remember = rememberComparisons(compare, 2)
    for (const [older, newer] of ['ab', 'cd', 'ab', 'ef', 'ab', 'cd'])
      remember(of(`${older}`), of(`${newer}`))
    expect(pairs).toEqual(['a b', 'c d', 'e f', 'c d'])
  })

  it('are made for each version and the one before', async () => {
    const { pairs, compare } = counting()
    const versions = ['a', 'b', 'c'].map(title => ({ version: title, document: of(title) }))
    await comparePairs(versions, compare)
    expect(pairs).toEqual(['a b', 'b c'])
    await comparePairs([], compare)
    expect(pairs).toHaveLength(2)
  })
})
