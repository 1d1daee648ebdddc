import { describe, expect, test } from 'vitest'
import { KeelsonError } from '../../../core/index.ts'
import { parseFilter } from '../filter.ts'

function refusal(text: string, maxLength?: number): KeelsonError {
  try {
    parseFilter(text, maxLength === undefined ? {} : { maxLength })
  } catch (error) {
    if (error instanceof KeelsonError) return error
    throw error
  }
  throw new Error('The filter was read')
}

describe('a filter that is not well formed', () => {
  test.each([
    ['', 0, 'empty'],
    ['   ', 3, 'empty'],
    ['a == 1', 2, 'Write = for equality'],
    ['a => 1', 2, '>='],
    ['a && b', 2, 'Write AND'],
    ['a || b', 2, 'Write OR'],
    ['!a', 0, 'Write NOT'],
    ['a = 1;', 5, 'semicolon'],
    ['a = @p', 4, 'Parameters'],
    ['a = 1 -- why', 6, 'Comments are not read'],
    ['a = 1 /* why */', 6, 'Comments are not read'],
    ["a = 'red", 4, 'single quote'],
    ['a = "red', 4, 'single quotes'],
    ['[a = 1', 0, 'End it with ]'],
    ['a = ‘red’', 4, 'straight single quotes'],
    ['a = “red”', 4, 'straight single quotes'],
    ["a = '' AND [] = 1", 11, 'name is empty'],
    ['a = 5L', 4, 'no suffix'],
    ['a = 1.2.3', 4, 'no suffix'],
    ['a = 0xG', 4, 'no suffix'],
    ['a = 1e999', 4, 'larger than a double'],
    ['a = 9223372036854775808', 4, 'outside of 64-bit integers'],
    ['a = -9223372036854775809', 5, 'outside of 64-bit integers'],
    ['a =', 3, 'Expected a value and found the end'],
    ['a = AND', 4, '[AND]'],
    ['in = 1', 0, 'put in brackets'],
    ['a = 1 b', 6, 'Expected AND or OR or the end'],
    ['a = 1 = 2', 6, 'Comparisons do not follow'],
    ['(a = 1) = TRUE', 0, 'condition stands where a value belongs'],
    ['a = (b = 1)', 4, 'condition stands where a value belongs'],
    ['1 + (a = 1) > 2', 4, 'condition stands where a value belongs'],
    ['-(a AND b) > 2', 1, 'condition stands where a value belongs'],
    ['1', 0, 'value stands where a condition'],
    ["'a' AND b", 0, 'value stands where a condition'],
    ['a AND b + 1', 6, 'number stands where a condition'],
    ['NOT -a', 4, 'number stands where a condition'],
    ["'a' + 1 = 1", 0, 'Only numbers'],
    ['1 * TRUE = 1', 4, 'Only numbers'],
    ["-'a' = 1", 1, 'Only numbers'],
    ['(a = 1', 6, 'Expected )'],
    ['a = 1)', 5, 'Expected AND'],
    ['a IN 1', 5, 'parentheses'],
    ['a IN ()', 6, 'Expected a value'],
    ['a IN (1', 7, 'Expected , or )'],
    ['a BETWEEN 1', 11, 'BETWEEN 1 AND 5'],
    ['a LIKE 1', 7, 'pattern of LIKE is a text'],
    ["a LIKE 'x' ESCAPE 'ab'", 18, 'one character'],
    ["a LIKE 'x' ESCAPE b", 18, 'one character'],
    ["a LIKE 'x\\' ESCAPE '\\'", 7, 'escape character'],
    ["a LIKE '\\x' ESCAPE '\\'", 7, 'escape character'],
    ["a LIKE '%%%' ESCAPE '%'", 7, 'escape character'],
    ['a IS 1', 5, 'Expected NULL'],
    ['1 IS NULL', 0, 'Only a property'],
    ['a + 1 IS NULL', 0, 'Only a property'],
    ['EXISTS a', 7, 'EXISTS(name)'],
    ['EXISTS(1)', 7, 'Only a property'],
    ['sys.MesageId = 1', 4, 'Did you mean sys.MessageId?'],
    ['sys.colour = 1', 4, 'no system property'],
    ['sys.', 4, 'Expected a name'],
    ['a. = 1', 3, 'Expected a name'],
    ['lower(a) = 1', 0, 'no function "lower"'],
    ["p('') = 1", 0, 'not empty'],
    ['p(1) = 1', 0, 'not empty'],
    ['property() = 1', 9, 'Expected a value'],
    ['_a = 1', 0, '[_name]'],
    ['a = \u0000', 4, 'no meaning'],
    ['a = 😀', 4, '😀'],
  ])('%s', (text, offset, message) => {
    const error = refusal(text)
    expect(error.code).toBe('filter_invalid')
    expect(error.details['offset']).toBe(offset)
    expect(error.message).toContain(message)
  })

  test('is told by line and column, and with what was expected', () => {
    const error = refusal('a = 1\r\nAND b = 2\nAND c LIKE')
    expect(error.details).toEqual({ offset: 27, line: 3, column: 11, expected: ['a value'] })
    expect(error.message).toBe('Expected a value and found the end at line 3, column 11.')
  })

  test.each(['newid() = 1', "SET a = 'b'", 'remove [a]', 'a = NEWID()'])('%s is not supported', text => {
    expect(refusal(text).code).toBe('filter_unsupported')
  })

  test('is refused where it is no text', () => {
    expect(() => parseFilter(5 as never)).toThrow(expect.objectContaining({ code: 'filter_invalid' }))
    expect(() => parseFilter('a', { maxLength: 20_000 })).toThrow(/from 1 to 16384/)
    expect(() => parseFilter('a', { maxLength: Number.NaN })).toThrow(/from 1 to 16384/)
  })
})

describe('a filter that is too large', () => {
  const most = 16 * 1024
  test.each([
    ['long', `a = '${'x'.repeat(1019)}'`, undefined],
    ['long beyond all', `a = '${'x'.repeat(most)}'`, most],
    ['deep in parentheses', `${'('.repeat(65)}a${')'.repeat(65)}`, undefined],
    ['very deep in parentheses', '('.repeat(most), most],
    ['deep in negations', `${'NOT '.repeat(70)}a`, undefined],
    ['very deep in negations', 'NOT '.repeat(4000), most],
    ['deep in signs', `${'- '.repeat(5000)}a > 1`, most],
    ['deep in functions', `${'p('.repeat(70)}a${')'.repeat(70)} = 1`, undefined],
    ['deep in sums', `a${' + 1'.repeat(64)} > 1`, undefined],
    [
      'deep in sums within products',
      `${'('.repeat(30)}a${' * 1 + 1)'.repeat(30)} > 1 + a${' + 1'.repeat(62)}`,
      most,
    ],
    ['of many terms', `a${' OR a'.repeat(2000)}`, most],
    ['of many members', `a IN (1${',1'.repeat(1000)})`, most],
    ['with a long name', `[${'n'.repeat(257)}] = 1`, undefined],
    ['with a long path', `a${'.bcdefgh'.repeat(32)} = 1`, undefined],
    ['with a long name in a function', `p('${'n'.repeat(257)}') = 1`, undefined],
    ['with a long pattern', `a LIKE '${'n'.repeat(1025)}'`, most],
  ])('%s', (_, text, maxLength) => {
    const error = refusal(text, maxLength)
    expect(error.code).toBe('filter_too_large')
    expect(error.details['offset']).toBeLessThanOrEqual(text.length)
  })

  test.each([
    ['long', `a = '${'x'.repeat(1018)}'`, undefined],
    ['deep in parentheses', `${'('.repeat(64)}a${')'.repeat(64)}`, undefined],
    ['deep in sums', `a${' + 1'.repeat(62)} > 1`, undefined],
    ['of many terms', `a${' OR a'.repeat(998)}`, most],
    ['of many members', `a IN (1${',1'.repeat(999)})`, most],
  ])('and one that just is not: %s', (_, text, maxLength) => {
    const filter = parseFilter(text, maxLength === undefined ? {} : { maxLength })
    expect(filter.matches({ sys: () => undefined, property: () => undefined })).toBe(false)
  })
})

describe('a filter that is hardly meant', () => {
  test.each([
    ['a = "red"', 4, 'single quotes'],
    ['a IN ("red", "blue")', 6, 'single quotes'],
    ['a LIKE "r%"', 7, 'single quotes'],
    ['a = NULL', 4, 'IS NULL'],
    ['NULL <> a', 0, 'IS NULL'],
    ["cs-event-type = 'x'", 2, 'brackets'],
  ])('%s is read with a warning', (text, offset, message) => {
    expect(parseFilter(text).warnings[0]).toEqual({
      offset,
      line: 1,
      column: offset + 1,
      message: expect.stringContaining(message),
    })
  })

  test('has twenty warnings at most', () => {
    expect(parseFilter(`a = NULL${' OR a = NULL'.repeat(30)}`).warnings).toHaveLength(20)
  })

  test.each(['a - b > 1', 'a -1 > 2', 'a-1 > 2', "[a] = 'red'", '"a b" = 1', 'a IS NULL'])(
    '%s has no warning',
    text => {
      expect(parseFilter(text).warnings).toEqual([])
    },
  )
})
