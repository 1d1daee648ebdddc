import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { KeelsonError } from '../error.ts'
import { jsonObject, jsonValue } from '../fixtures/arbitraries.ts'
import type { JsonObject, JsonValue } from './json.ts'
import { decodeUtf8, isJsonObject, parseJson } from './json.ts'

function refusal(text: string, maxDepth?: number): string {
  try {
    return `taken: ${JSON.stringify(parseJson(text, maxDepth))}`
  } catch (error) {
    return error instanceof KeelsonError ? error.code : String(error)
  }
}

const messageOf = (text: string): string => {
  try {
    parseJson(text)
    return 'taken'
  } catch (error) {
    return (error as Error).message
  }
}

describe('parseJson', () => {
  it.each([
    '',
    '   ',
    '{',
    '{"a":1,}',
    "{'a':1}",
    '[1 2]',
    'NaN',
    '01',
    '1.',
    '"\n"',
    '{}x',
    '\uFEFF{}',
    '"\\x"',
  ])('refuses %j as malformed', text => {
    expect(refusal(text)).toBe('json_malformed')
  })

  it('says where the text breaks, and when there is none', () => {
    expect(messageOf('[1 2]')).toBe('The text is not valid JSON at character 4 of 5')
    expect(messageOf(' \n')).toBe('The text is empty where JSON was expected')
    expect(messageOf('{"a":1')).toMatch(/is not valid JSON/)
  })

  it('takes 64 levels and refuses 65', () => {
    const nested = (levels: number) => `${'['.repeat(levels)}${']'.repeat(levels)}`
    const objects = (levels: number) => `${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`
    for (const make of [nested, objects]) {
      expect(refusal(make(64))).toMatch(/^taken/)
      expect(refusal(make(65))).toBe('json_too_deep')
    }
    expect(refusal(nested(3), 2)).toBe('json_too_deep')
    expect(refusal(nested(100_000))).toBe('json_too_deep')
  })

  it('does not count brackets inside texts or beside each other as depth', () => {
    expect(parseJson(`["${'['.repeat(100)}","\\"[{"]`)).toEqual(['['.repeat(100), '"[{'])
    expect(parseJson(`[${'[],'.repeat(100)}[]]`)).toHaveLength(101)
  })

  it.each([
    ['{"a":1,"a":1}', 'a'],
    ['{"a":{"b":1,"c":2,"b":3}}', 'b'],
    ['[{"x":[{"k":null,"k":null}]}]', 'k'],
    ['{"a":1,"\\u0061":2}', 'a'],
    ['{"\\u00e9":1,"é":2}', 'é'],
    ['{"":1,"":2}', ''],
    ['{"a b":1, "a b" \n : 2}', 'a b'],
    ['{"q\\"":1,"q\\"":2}', 'q\\"'],
    ['{"a":"b:","b":":","a":"{"}', 'a'],
  ])('refuses the duplicate key in %s', (text, key) => {
    expect(refusal(text)).toBe('json_duplicate_key')
    expect(messageOf(text)).toBe(`The key "${key}" stands twice in one object`)
  })

  it('takes the same key in different objects', () => {
    expect(parseJson('{"a":{"a":[{"a":1},{"a":":"}]}}')).toEqual({ a: { a: [{ a: 1 }, { a: ':' }] } })
  })

  it.each([
    '9007199254740991',
    '-9007199254740991',
    '9.007199254740991e15',
    '0.12345678901234567',
    '-0.00012345678901234567',
    '12345678901234.567',
    '1.2345678901234567e-300',
    '1000000000000000.0000000',
    '5e-324',
    '1E+2',
    '0e400',
    '0.000',
  ])('takes the number %s', text => {
    expect(parseJson(text)).toBe(Number(text))
    expect(parseJson(`{"a":[${text}]}`)).toEqual({ a: [Number(text)] })
  })

  it('keeps the sign of zero', () => {
    expect(Object.is(parseJson('-0'), -0)).toBe(true)
    expect(Object.is(parseJson('[-0.0]'), 0)).toBe(false)
    expect(parseJson('[-0.0]')).toEqual([-0])
  })

  it.each([
    '9007199254740992',
    '-9007199254740992',
    '9007199254740993',
    '1e16',
    '1e400',
    '-1e400',
    '1e-400',
    '0.123456789012345678',
    '1.00000000000000001',
    '123456789.123456789012',
    '1.2345678901234567890',
  ])('refuses the number %s', text => {
    expect(refusal(text)).toBe('json_number_unsafe')
    expect(refusal(`{"a":[1,${text}]}`)).toBe('json_number_unsafe')
  })

  it('does not look for numbers inside texts', () => {
    expect(parseJson('"1e400 \\" 9007199254740993"')).toBe('1e400 " 9007199254740993')
  })

  it('reads a number of a million digits without effort', () => {
    const started = performance.now()
    expect(refusal(`0.1${'0'.repeat(1_000_000)}1`)).toBe('json_number_unsafe')
    expect(parseJson(`0.1${'0'.repeat(1_000_000)}`)).toBe(0.1)
    // In quadratic time this takes minutes.
    expect(performance.now() - started).toBeLessThan(5_000)
  })

  it.each([
    '"\\ud83d"',
    '"\\ude00"',
    '"\\ude00\\ud83d"',
    '"a\\uD800b"',
    '{"\\ud800":1}',
    '[{"a":{"b\\udfff":1}}]',
    '"\ud800"',
  ])('refuses half of a surrogate pair in %j', text => {
    expect(refusal(text)).toBe('json_lone_surrogate')
  })

  it('takes a whole surrogate pair, written out or escaped', () => {
    expect(parseJson('{"😀":"\\ud83d\\ude00"}')).toEqual({ '😀': '😀' })
  })

  it('names the place of half of a surrogate pair by a pointer', () => {
    expect(messageOf('{"a/b":[0,{"~":"\\ud800"}]}')).toContain('/a~1b/1/~0')
  })

  it.each([
    '{"__proto__":1}',
    '{"\\u005f_proto__":{"a":1}}',
    '[{"a":{"__proto_\\u005f":null}}]',
    '{"a":[{"__proto__":[]}]}',
  ])('refuses the key in %s', text => {
    expect(refusal(text)).toBe('json_forbidden_key')
  })

  it('takes __proto__ as a text, and near misses as keys', () => {
    const value = parseJson('{"a":"__proto__","__proto":1,"constructor":2,"prototype":3}')
    expect(value).toEqual({ a: '__proto__', __proto: 1, constructor: 2, prototype: 3 })
  })

  it('gives back every value that JSON.stringify wrote', () => {
    fc.assert(
      fc.property(jsonValue(), fc.constantFrom(0, 2), (value, indent) => {
        const text = JSON.stringify(value, undefined, indent)
        expect(parseJson(text)).toEqual(JSON.parse(text))
        expect(JSON.stringify(parseJson(text))).toBe(JSON.stringify(value))
      }),
      { numRuns: 500 },
    )
  })

  it('finds a duplicate key wherever it is put', () => {
    fc.assert(
      fc.property(jsonObject(), fc.nat(), fc.boolean(), (value, pick, isEscaped) => {
        const objects = objectsIn(value).filter(object => Object.keys(object).length > 0)
        fc.pre(objects.length > 0)
        const text = withDuplicate(value, objects[pick % objects.length] as JsonObject, pick, isEscaped)
        expect(refusal(text)).toBe('json_duplicate_key')
      }),
      { numRuns: 500 },
    )
  })
})

function objectsIn(value: JsonValue): JsonObject[] {
  if (Array.isArray(value)) return value.flatMap(objectsIn)
  return isJsonObject(value) ? [value, ...Object.values(value).flatMap(objectsIn)] : []
}

/** The value's text, in which one key of `target` stands a second time. */
function withDuplicate(value: JsonValue, target: JsonObject, pick: number, isEscaped: boolean): string {
  if (Array.isArray(value))
    return `[${value.map(item => withDuplicate(item, target, pick, isEscaped)).join(',')}]`
  if (!isJsonObject(value)) return JSON.stringify(value)
  const members = Object.entries(value).map(
    ([key, member]) => `${JSON.stringify(key)}:${withDuplicate(member, target, pick, isEscaped)}`,
  )
  if (value === target) {
    const keys = Object.keys(value)
    const key = keys[pick % keys.length] as string
    members.splice(pick % (members.length + 1), 0, `${isEscaped ? escapeAll(key) : JSON.stringify(key)}:0`)
  }
  return `{${members.join(',')}}`
}

function escapeAll(text: string): string {
  const units = Array.from({ length: text.length }, (_, at) => text.charCodeAt(at))
  return `"${units.map(unit => `\\u${unit.toString(16).padStart(4, '0')}`).join('')}"`
}

describe('decodeUtf8', () => {
  it('passes over a byte order mark and keeps the rest', () => {
    expect(decodeUtf8(new TextEncoder().encode('\uFEFFü😀\uFEFF'))).toBe('ü😀\uFEFF')
  })

  it.each([[[0xff]], [[0xc3]], [[0xc0, 0xaf]], [[0xed, 0xa0, 0x80]], [[0xf4, 0x90, 0x80, 0x80]]])(
    'refuses the bytes %j',
    bytes => {
      expect(() => decodeUtf8(new Uint8Array(bytes))).toThrow(
        expect.objectContaining({ code: 'utf8_invalid' }),
      )
    },
  )
})
