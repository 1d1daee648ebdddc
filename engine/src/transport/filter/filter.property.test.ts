import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { KeelsonError } from '../../core/index.ts'
import { createLike } from './evaluate/match-like.ts'
import { createFilter, parseFilter, toSqlText } from './filter.ts'
import { anyMessage, anyPredicate } from './fixtures/arbitraries.ts'
import { interpret, likeTable } from './fixtures/interpreter.ts'
import { plainMessage } from './message/plain-message.ts'

const answers = { T: true, F: false, U: undefined }
const long = { maxLength: 16 * 1024 }

describe('filters in general', () => {
  test('say the same as a direct interpreter', () => {
    const seen = new Set<unknown>()
    fc.assert(
      fc.property(anyPredicate, anyMessage, (predicate, message) => {
        const truth = createFilter(predicate).evaluate(message)
        seen.add(truth)
        expect(truth).toBe(answers[interpret(predicate, message)])
      }),
      { numRuns: 5000 },
    )
    expect(seen).toEqual(new Set([true, false, undefined]))
  })

  test('are read back as they were', () => {
    fc.assert(
      fc.property(anyPredicate, predicate => {
        const text = toSqlText(createFilter(predicate))
        expect(parseFilter(text, long).predicate).toEqual(predicate)
      }),
      { numRuns: 2000 },
    )
  })

  test('mean the same as they are written for Azure Service Bus', () => {
    fc.assert(
      fc.property(anyPredicate, anyMessage, (predicate, message) => {
        const filter = createFilter(predicate)
        const text = toSqlText(filter, 'service-bus')
        expect(text).not.toMatch(/ BETWEEN /)
        expect(parseFilter(text, long).evaluate(message)).toBe(filter.evaluate(message))
      }),
      { numRuns: 2000 },
    )
  })

  test('are refused, where they are, with a place within the text', () => {
    const words = fc.constantFrom(
      ...["'", '"', '[', ']', '(', ')', ',', '.', '=', '<', '>', '-', '+', '*', '/', '%', '\\', '\n', '\r'],
      ...['a', 'sys', 'user', 'AND', 'OR', 'NOT', 'IN', 'LIKE', 'ESCAPE', 'IS', 'NULL', 'EXISTS', 'BETWEEN'],
      ...['TRUE', '1', '1.5', '0x', '1e', "'a'", 'p(', 'newid(', 'SET', '😀', ' ', '--', '&&', '@x', '\0'],
    )
    const text = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 60 }),
      fc.array(words, { maxLength: 40 }).map(parts => parts.join('')),
      fc.array(words, { maxLength: 40 }).map(parts => parts.join(' ')),
    )
    const seen = { read: 0, refused: 0 }
    fc.assert(
      fc.property(text, given => {
        try {
          parseFilter(given).evaluate(plainMessage({ properties: { a: 'a' } }))
          seen.read += 1
        } catch (error) {
          seen.refused += 1
          expectPlace(error, given)
        }
      }),
      { numRuns: 3000 },
    )
    expect(Math.min(seen.read, seen.refused)).toBeGreaterThan(50)
  })
})

function expectPlace(error: unknown, text: string): void {
  if (!(error instanceof KeelsonError)) throw error
  const { offset, line, column } = error.details as { offset: number; line: number; column: number }
  expect(error.code).toMatch(/^filter_/)
  expect(offset).toBeGreaterThanOrEqual(0)
  expect(offset).toBeLessThanOrEqual(text.length)
  const lines = text.split(/\r\n|\r|\n/)
  expect(line).toBeLessThanOrEqual(lines.length)
  expect(column).toBeLessThanOrEqual((lines[line - 1] as string).length + 2)
}

describe('LIKE', () => {
  test('says the same as a table over text and pattern', () => {
    const part = fc.constantFrom('a', 'b', 'ab', '%', '_', '\\', '😀', '.', 'x'.repeat(31), 'y'.repeat(33))
    // Few letters, so that parts of a pattern overlap in the text.
    const few = fc.constantFrom('a', 'ab', '%')
    const text = fc.array(fc.oneof(part, few), { maxLength: 8 }).map(parts => parts.join(''))
    const tight = fc.array(few, { maxLength: 6 }).map(parts => parts.join(''))
    fc.assert(
      fc.property(tight, tight, (given, pattern) => {
        expect(createLike(pattern, undefined)?.(given)).toBe(likeTable(given, pattern, undefined))
      }),
      { numRuns: 3000 },
    )
    fc.assert(
      fc.property(text, text, fc.constantFrom(undefined, '\\', '%', 'a', '😀'), (given, pattern, mark) => {
        expect(createLike(pattern, mark)?.(given)).toBe(likeTable(given, pattern, mark))
      }),
      { numRuns: 5000 },
    )
  })

  test('finds what its pattern was made from, across words of the automaton', () => {
    const step = fc.oneof(
      fc.constantFrom('a', 'b', '😀').map(one => [one, one] as const),
      fc.constantFrom('a', 'ab', '').map(some => ['%', some] as const),
      fc.constantFrom('a', '😀').map(one => ['_', one] as const),
    )
    fc.assert(
      fc.property(fc.array(step, { maxLength: 100 }), steps => {
        const [pattern, text] = [0, 1].map(at => steps.map(pair => pair[at]).join('')) as [string, string]
        expect(createLike(pattern, undefined)?.(text)).toBe(true)
      }),
      { numRuns: 1000 },
    )
  })
})
