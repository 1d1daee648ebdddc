import canonicalize from 'canonicalize'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { jsonValue } from '../fixtures/arbitraries.ts'
import { canonicalJson, canonicalString } from './canonical-json.ts'
import { parseJson } from './json.ts'

const double = (hex: string): number => {
  const view = new DataView(new ArrayBuffer(8))
  view.setBigUint64(0, BigInt(`0x${hex}`))
  return view.getFloat64(0)
}

describe('canonicalJson', () => {
  it('sorts members by UTF-16 code units (RFC 8785, 3.2.3)', () => {
    const members = {
      '€': 'Euro Sign',
      '\r': 'Carriage Return',
      '\ufb33': 'Hebrew Letter Dalet With Dagesh',
      '1': 'One',
      '😀': 'Emoji: Grinning Face',
      '\u0080': 'Control',
      ö: 'Latin Small Letter O With Diaeresis',
    }
    expect(canonicalJson(members)).toBe(
      '{"\\r":"Carriage Return","1":"One","\u0080":"Control","ö":"Latin Small Letter O With Diaeresis",' +
        '"€":"Euro Sign","😀":"Emoji: Grinning Face","\ufb33":"Hebrew Letter Dalet With Dagesh"}',
    )
  })

  it('writes numbers, texts and literals as RFC 8785 shows them (3.2.2)', () => {
    const value = {
      numbers: [Number('333333333.33333329'), 1e30, 4.5, 2e-3, 0.000000000000000000000000001],
      string: '\u20ac$\u000F\u000aA\'\u0042\u0022\u005c\\"/',
      literals: [null, true, false],
    }
    expect(canonicalJson(value)).toBe(
      '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],' +
        '"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}',
    )
  })

  it.each([
    ['0000000000000000', '0'],
    ['8000000000000000', '0'],
    ['0000000000000001', '5e-324'],
    ['8000000000000001', '-5e-324'],
    ['7fefffffffffffff', '1.7976931348623157e+308'],
    ['ffefffffffffffff', '-1.7976931348623157e+308'],
    ['4340000000000000', '9007199254740992'],
    ['c340000000000000', '-9007199254740992'],
    ['4430000000000000', '295147905179352830000'],
    ['44b52d02c7e14af5', '9.999999999999997e+22'],
    ['44b52d02c7e14af6', '1e+23'],
    ['44b52d02c7e14af7', '1.0000000000000001e+23'],
    ['444b1ae4d6e2ef4e', '999999999999999700000'],
    ['444b1ae4d6e2ef4f', '999999999999999900000'],
    ['444b1ae4d6e2ef50', '1e+21'],
    ['3eb0c6f7a0b5ed8c', '9.999999999999997e-7'],
    ['3eb0c6f7a0b5ed8d', '0.000001'],
    ['41b3de4355555553', '333333333.3333332'],
    ['41b3de4355555554', '333333333.33333325'],
    ['41b3de4355555555', '333333333.3333333'],
    ['41b3de4355555556', '333333333.3333334'],
    ['41b3de4355555557', '333333333.33333343'],
    ['becbf647612f3696', '-0.0000033333333333333333'],
    ['43143ff3c1cb0959', '1424953923781206.2'],
  ])('writes the double %s as %s (RFC 8785, appendix B)', (hex, text) => {
    expect(canonicalJson(double(hex))).toBe(text)
  })

  it('leaves out members that are undefined, and passes over inherited ones', () => {
    expect(canonicalJson({ b: undefined, a: 1, c: undefined })).toBe('{"a":1}')
    expect(canonicalJson(Object.assign(Object.create({ inherited: 1 }), { own: 2 }))).toBe('{"own":2}')
  })

  it.each([
    ['NaN', Number.NaN, 'json_number_unsafe'],
    ['an infinity', [Number.POSITIVE_INFINITY], 'json_number_unsafe'],
    ['half a surrogate pair', { a: '\ud800' }, 'json_lone_surrogate'],
    ['a key with half a surrogate pair', { '\udc00': 1 }, 'json_lone_surrogate'],
    ['undefined', undefined, 'json_malformed'],
    ['undefined in an array', [1, undefined], 'json_malformed'],
    ['a hole in an array', new Array(1), 'json_malformed'],
    ['a bigint', { a: 1n }, 'json_malformed'],
    ['a function', { a: () => 1 }, 'json_malformed'],
    ['a symbol', [Symbol('a')], 'json_malformed'],
  ])('refuses %s', (_, value, code) => {
    expect(() => canonicalJson(value)).toThrow(expect.objectContaining({ code }))
  })

  it('agrees with an implementation by others', () => {
    fc.assert(
      fc.property(jsonValue(), value => {
        expect(canonicalJson(value)).toBe(canonicalize(value))
      }),
      { numRuns: 1000 },
    )
  })

  it('writes every double as another implementation does, and reads it back', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), value => {
        const text = canonicalJson([value])
        expect(text).toBe(canonicalize([value]))
        expect(JSON.parse(text)).toEqual([value === 0 ? 0 : value])
      }),
      { numRuns: 2_000 },
    )
  })

  it('sorts names that look like numbers as texts, and names of several planes by code units', () => {
    const names = fc.uniqueArray(
      fc.oneof(
        fc.nat(120).map(String),
        fc.constantFrom('', '-1', '01', '1e2', '__proto', '\ufb33', '\ud7ff', '😀', '\uffff'),
      ),
      { maxLength: 12 },
    )
    fc.assert(
      fc.property(names, keys => {
        const value = Object.fromEntries(keys.map((key, at) => [key, at]))
        expect(canonicalJson(value)).toBe(canonicalize(value))
        const written = [...canonicalJson(value).matchAll(/("(?:[^"\\]|\\.)*"):/g)].map(
          ([, name = '']) => JSON.parse(name) as string,
        )
        expect(written).toEqual([...keys].sort())
      }),
    )
  })

  it('keeps a member that is named as the prototype is', () => {
    const text = '{"1":[{"10":1,"9":2}],"__proto__":{"b":1},"a":{"__proto__":2}}'
    expect(canonicalJson(JSON.parse(text))).toBe(text)
  })

  it('does not depend on the order of members, and is a form of its own', () => {
    fc.assert(
      fc.property(jsonValue(), value => {
        const text = canonicalJson(value)
        expect(canonicalJson(reversed(value))).toBe(text)
        expect(canonicalJson(parseJson(text))).toBe(text)
      }),
      { numRuns: 300 },
    )
  })
})

function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, member]) => [key, reversed(member)]),
  )
}

describe('canonicalString', () => {
  it('escapes what must be and nothing more', () => {
    expect(canonicalString('\b\t\n\f\r"\\/\u001f\u007f\u2028é')).toBe(
      '"\\b\\t\\n\\f\\r\\"\\\\/\\u001f\u007f\u2028é"',
    )
    expect(() => canonicalString('a\udfff')).toThrow(expect.objectContaining({ code: 'json_lone_surrogate' }))
  })
})
