import { expect, it } from 'vitest'
import { parsePayload, printPayload } from './parse-payload.ts'

it('takes JSON', () => {
  expect(parsePayload(' {"a": [1, 2.5, "x", null]} ')).toEqual({ value: { a: [1, 2.5, 'x', null] } })
})

it('prints what means the same as the same text', () => {
  const text = printPayload({ b: [{ d: 1, c: 2 }], a: null })
  expect(text).toBe(printPayload({ a: null, b: [{ c: 2, d: 1 }] }))
  expect(JSON.parse(text)).toEqual({ a: null, b: [{ c: 2, d: 1 }] })
})

it.each([
  ['', /empty object/],
  ['{"a": }', /JSON/],
  ['{"a": 9007199254740993}', /^9007199254740993 has more digits/],
  ['[1e999]', /^1e999 has more digits/],
])('refuses %j and says why', (text, why) => {
  const parsed = parsePayload(text)
  expect('fault' in parsed && parsed.fault).toMatch(why)
})
