import { describe, expect, it } from 'vitest'
import { OptionCheck } from './option-check.ts'

const thrownBy = (action: () => unknown): unknown => {
  try {
    action()
  } catch (error) {
    return error
  }
  return undefined
}

describe('a check of options', () => {
  it('gives what is right, and the fallback for what is not given', () => {
    const check = new OptionCheck('The test', { size: 3, word: 'b' })
    check.onlyNames(['size', 'word', 'other'])
    expect(check.number('size', { min: 1, max: 3, isWhole: true }, 9)).toBe(3)
    expect(check.number('other', { min: 0, max: 10 }, 9.5)).toBe(9.5)
    expect(check.word('word', ['a', 'b'], 'a')).toBe('b')
    check.throwAny()
  })

  it('names all faults at once', () => {
    const check = new OptionCheck('The test', { size: 2.5, low: Number.NaN, word: 'c', sise: 1, text: '3' })
    check.onlyNames(['size', 'low', 'word', 'text'])
    check.number('size', { min: 1, max: 3, isWhole: true }, 1)
    check.number('low', { min: 0, max: 1 }, 1)
    check.number('text', { min: 0, max: 5 }, 1)
    check.word('word', ['a', 'b'], 'a')
    expect(thrownBy(() => check.throwAny())).toMatchObject({
      code: 'delivery_options_invalid',
      message:
        'The test: sise is no option; there are size, low, word, text; size must be a whole number from 1 to 3; ' +
        'low must be a number from 0 to 1; text must be a number from 0 to 5; word must be one of a, b',
      details: {
        faults: [
          { pointer: '/sise' },
          { pointer: '/size' },
          { pointer: '/low' },
          { pointer: '/text' },
          { pointer: '/word' },
        ],
      },
    })
  })
})
