import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { foldDiff, lineDiff } from './line-diff.ts'

const sides = (lines: readonly { sign: string; text: string }[]) => ({
  before: lines.filter(({ sign }) => sign !== '+').map(({ text }) => text),
  after: lines.filter(({ sign }) => sign !== '-').map(({ text }) => text),
})
const text = fc.array(fc.constantFrom('a', 'b', 'c', ''), { minLength: 1, maxLength: 30 })

describe('the diff by lines', () => {
  it('has both texts in it', () => {
    fc.assert(
      fc.property(text, text, (before, after) => {
        expect(sides(lineDiff(before.join('\n'), after.join('\n')))).toEqual({ before, after })
      }),
    )
  })

  it('changes nothing between equal texts, and little between like ones', () => {
    expect(lineDiff('a\nb', 'a\nb').every(({ sign }) => sign === ' ')).toBe(true)
    expect(lineDiff('a\nb\nc\nd', 'a\nc\nx\nd')).toEqual([
      { sign: ' ', text: 'a' },
      { sign: '-', text: 'b' },
      { sign: ' ', text: 'c' },
      { sign: '+', text: 'x' },
      { sign: ' ', text: 'd' },
    ])
  })

  it('shows one block for each side where both are too large to compare', () => {
    const many = (sign: string) => Array.from({ length: 2500 }, (_, at) => `${sign}${at}`)
    const lines = lineDiff(['same', ...many('a')].join('\n'), ['same', ...many('b')].join('\n'))
    expect(lines.map(({ sign }) => sign).join('')).toBe(` ${'-'.repeat(2500)}${'+'.repeat(2500)}`)
  })

  it('leaves out what is far from any change, and nothing else', () => {
    const before = Array.from({ length: 30 }, (_, at) => `${at}`)
    const lines = lineDiff(before.join('\n'), before.with(15, 'x').join('\n'))
    const parts = foldDiff(lines)
    expect(parts.map(part => ('skipped' in part ? part.skipped : part.lines.length))).toEqual([12, 8, 11])
    expect(foldDiff(lineDiff('a', 'a'))).toEqual([{ skipped: 1 }])
  })
})
