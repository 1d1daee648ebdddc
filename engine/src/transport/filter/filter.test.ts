import { describe, expect, test } from 'vitest'
import { anyOf, falseFilter, parseFilter, toSqlText, trueFilter } from './filter.ts'
import { cases, sample } from './fixtures/cases.ts'
import { plainMessage } from './message/plain-message.ts'

for (const [group, rows] of Object.entries(cases))
  describe(group, () => {
    test.each(rows.map(([text, expected]) => ({ text, expected })))(
      '$text: $expected',
      ({ text, expected }) => {
        const filter = parseFilter(text)
        expect(filter.evaluate(sample)).toBe(expected)
        expect(filter.matches(sample)).toBe(expected === true)
        expect(parseFilter(toSqlText(filter)).predicate).toEqual(filter.predicate)
        expect(parseFilter(toSqlText(filter, 'service-bus')).evaluate(sample)).toBe(expected)
      },
    )
  })

describe('the tables of truth', () => {
  const words = { T: '1 = 1', F: '1 = 0', U: 'missing = 1' } as const
  const answers = { T: true, F: false, U: undefined } as const
  const tables = {
    AND: ['TT T', 'TF F', 'TU U', 'FT F', 'FF F', 'FU F', 'UT U', 'UF F', 'UU U'],
    OR: ['TT T', 'TF T', 'TU T', 'FT T', 'FF F', 'FU U', 'UT T', 'UF U', 'UU U'],
  }
  const rows = Object.entries(tables).flatMap(([operator, lines]) =>
    lines.map(line => ({ operator, line: [...line] as ('T' | 'F' | 'U')[] })),
  )
  test.each(rows)('$line under $operator', ({ operator, line }) => {
    const [left, right, , result] = line as ['T', 'T', 'T', 'T']
    const filter = parseFilter(`${words[left]} ${operator} ${words[right]}`)
    expect(filter.evaluate(sample)).toBe(answers[result])
  })

  test.each([
    ['T', false],
    ['F', true],
    ['U', undefined],
  ] as const)('NOT %s', (operand, result) => {
    expect(parseFilter(`NOT (${words[operand]})`).evaluate(sample)).toBe(result)
  })
})

describe('the text of a filter', () => {
  test.each([
    ["((colour = 'red'))", "colour = 'red'", "user.colour = 'red'"],
    ['a = 1 and (b = 2 and c = 3)', 'a = 1 AND b = 2 AND c = 3', 'user.a = 1 AND user.b = 2 AND user.c = 3'],
    ['(a or b) and c', '(a OR b) AND c', '(user.a = TRUE OR user.b = TRUE) AND user.c = TRUE'],
    ['not (a in (1,2))', 'a NOT IN (1, 2)', 'user.a NOT IN (1, 2)'],
    [
      'not a between 1 and 2 or b',
      'a NOT BETWEEN 1 AND 2 OR b',
      'NOT (user.a >= 1 AND user.a <= 2) OR user.b = TRUE',
    ],
    ['1 - (2 - a) > 0xF', '1 - (2 - a) > 15', '1 - (2 - user.a) > 15'],
    ['payload.order.total = 1e21', 'payload.order.total = 1.0E21', 'user.[payload.order.total] = 1.0E21'],
    ["[user.x] LIKE 'a''%'", "[user.x] LIKE 'a''%'", "user.[user.x] LIKE 'a''%'"],
    ['sys.subject is not null', 'sys.Label IS NOT NULL', 'sys.Label IS NOT NULL'],
    ['TRUE', 'TRUE', '1 = 1'],
    ['FALSE', 'FALSE', '1 = 0'],
    ['x = - - y', 'x = - -y', 'user.x = - -user.y'],
  ])('%s', (given, own, azure) => {
    const filter = parseFilter(given)
    expect(toSqlText(filter)).toBe(own)
    expect(toSqlText(filter, 'service-bus')).toBe(azure)
  })
})

describe('filters together', () => {
  const [red, blue] = [parseFilter("colour = 'red'"), parseFilter("colour = 'blue'")]

  test('match what one of them matches', () => {
    expect(anyOf([blue, red]).matches(sample)).toBe(true)
    expect(anyOf([blue, falseFilter]).matches(sample)).toBe(false)
    expect(anyOf([blue, trueFilter]).matches(sample)).toBe(true)
    expect(anyOf([]).matches(sample)).toBe(false)
    expect(anyOf([blue])).toBe(blue)
  })

  test('are one disjunction, however they were put together', () => {
    expect(toSqlText(anyOf([anyOf([red, blue]), trueFilter]))).toBe(
      "colour = 'red' OR colour = 'blue' OR TRUE",
    )
  })

  test('are bounded in number', () => {
    expect(() => anyOf(Array.from({ length: 2001 }, () => red))).toThrow(
      expect.objectContaining({ code: 'filter_too_large' }),
    )
  })
})

describe('a hostile message', () => {
  const text = 'a'.repeat(256 * 1024)

  test.each([
    ['many wildcards', '%a'.repeat(500)],
    ['many wildcards that fail at the end', `${'%a'.repeat(500)}b`],
    ['a long part with single characters', `%${'a_'.repeat(400)}b%`],
    ['a long part that nearly fits everywhere', `%${'a'.repeat(900)}b%`],
  ])('does not slow LIKE down: %s', (_, pattern) => {
    const filter = parseFilter(`x LIKE '${pattern}'`, { maxLength: 2048 })
    expect(filter.matches(plainMessage({ properties: { x: text } }))).toBe(!pattern.includes('b'))
  })

  test('cannot pass a pattern that is too long', () => {
    const message = plainMessage({ properties: { x: text, y: text } })
    expect(parseFilter('x LIKE y').evaluate(message)).toBeUndefined()
  })

  test('cannot name what is not its own', () => {
    const filter = parseFilter("EXISTS([__proto__]) OR EXISTS([constructor]) OR EXISTS(property('toString'))")
    expect(filter.evaluate(sample)).toBe(false)
  })

  test('cannot pass an object for a number', () => {
    const message = plainMessage({
      properties: { x: { double: 2 }, n: Number.NaN, i: Number.POSITIVE_INFINITY },
    })
    expect(parseFilter('x = 2 OR x + 0 = 2').evaluate(message)).toBeUndefined()
    expect(parseFilter('n = n').evaluate(message)).toBe(false)
    expect(parseFilter('i > 1').evaluate(message)).toBe(true)
  })
})
