import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeUtf8 } from './json.ts'
import type { JsonSlice, JsonSplitOptions } from './json-split.ts'
import { createJsonSplitter } from './json-split.ts'

const encode = (text: string): Uint8Array => new TextEncoder().encode(text)

function split(
  text: string | Uint8Array,
  options: Partial<JsonSplitOptions> = {},
  sizes = [1 << 20],
): JsonSlice[] {
  const bytes = typeof text === 'string' ? encode(text) : text
  const splitter = createJsonSplitter({ maxRecordBytes: 1 << 20, ...options })
  const slices: JsonSlice[] = []
  for (let at = 0, turn = 0; at < bytes.length; turn += 1) {
    const size = Math.max(1, sizes[turn % sizes.length] ?? 1)
    // A buffer that is used again must not show through in later slices.
    const chunk = bytes.slice(at, at + size)
    for (const slice of splitter.push(chunk)) slices.push({ ...slice, text: slice.text.slice() })
    chunk.fill(0)
    at += size
  }
  slices.push(...splitter.end())
  expect(splitter.bytes).toBe(bytes.length)
  return slices
}

/** A short picture of slices: `line:text`, refused ones with `!code`. */
const show = (slices: readonly JsonSlice[]): string[] =>
  slices.map(slice => `${slice.line}:${decodeUtf8(slice.text)}${slice.ok ? '' : ` !${slice.error.code}`}`)

describe('framings', () => {
  it('reads NDJSON, passing over blank lines, carriage returns and a byte order mark', () => {
    expect(show(split('\uFEFF{"a":1}\r\n\r\n  \n{"a":2}\n{"a":3}'))).toEqual([
      '1:{"a":1}',
      '4:{"a":2}',
      '5:{"a":3}',
    ])
  })

  it('goes on after a malformed line', () => {
    expect(show(split('{"a":1}\n{"a":[1}\n{"a":"2\n{"a":3}\n'))).toEqual([
      '1:{"a":1}',
      '2:{"a":[1}',
      '3:{"a":"2',
      '4:{"a":3}',
    ])
  })

  it.each(['a":1}}', '<html>', '{"a":"cut off', 'nulltrue', ']'])('keeps a first line of %s apart', first => {
    expect(show(split(`${first}\n{"a":2}\n{"a":3}\n`))).toEqual([`1:${first}`, '2:{"a":2}', '3:{"a":3}'])
  })

  it('reads the elements of an array', () => {
    expect(show(split('[{"a":[1,"]"]},\n 2 ,"x,]\\"" ,\n[],{}]\n'))).toEqual([
      '1:{"a":[1,"]"]}',
      '2:2',
      '2:"x,]\\""',
      '3:[]',
      '3:{}',
    ])
    expect(split(' [ ] ')).toEqual([])
    expect(split(' \n ')).toEqual([])
  })

  it('reads values one after another, pretty-printed or not', () => {
    expect(show(split('{\n "a": 1\n}\n{"b":2}{"c":3} 4 "5"\n[6,7]'))).toEqual([
      '1:{\n "a": 1\n}',
      '4:{"b":2}',
      '4:{"c":3}',
      '4:4',
      '4:"5"',
      '5:6',
      '5:7',
    ])
  })

  it('reads pretty-printed objects among lines', () => {
    expect(show(split('{}\n{\n  "a": 1\n}\n{}\n'))).toEqual(['1:{}', '2:{\n  "a": 1\n}', '5:{}'])
  })

  it('reads the array of a member and passes over the others', () => {
    const text =
      '{"kind":"List","Recordx":[0],"x":{"Records":[9]},"Records":[{"a":1},{"Records":[2]}],"y":[3]}'
    expect(show(split(text, { arrayMember: 'Records' }))).toEqual(['1:{"a":1}', '1:{"Records":[2]}'])
    expect(show(split(`${text}\n${text}`, { arrayMember: 'Records' }))).toHaveLength(4)
  })

  it('takes an object without the array for a record', () => {
    expect(show(split('{"a":1}\n{"a":"Records"}\n{', { arrayMember: 'Records' }))).toEqual([
      '1:{"a":1}',
      '2:{"a":"Records"}',
      '3:{ !json_malformed',
    ])
    expect(show(split('{"Records":{"a":[1]}}', { arrayMember: 'Records' }))).toEqual([
      '1:{"Records":{"a":[1]}}',
    ])
  })
})

describe('faults', () => {
  it.each([
    ['[{"a":1} {"b":2},3]', ['1:{"a":1}', '1:{"b":2} !json_malformed', '1:3']],
    ['[1,,2,]', ['1:1', '1:, !json_malformed', '1:2', '1:] !json_malformed']],
    ['[{"a":1},\nwhat "is" this,\n{"b":2}]', ['1:{"a":1}', '2:what "is" this !json_malformed', '3:{"b":2}']],
    ['[{"a":[1},{"b":2}]', ['1:{"a":[1} !json_malformed', '1:{"b":2}']],
    ['[{"a":1],[{"b":2}]', ['1:{"a":1 !json_malformed', '1:, !json_malformed', '1:{"b":2}']],
    ['[{"a":1},{"b":', ['1:{"a":1}', '1:{"b": !json_malformed']],
    ['[{"a":1},', ['1:{"a":1}', '1: !json_malformed']],
    ['[01,tru]', ['1:01 !json_malformed', '1:tru !json_malformed']],
    ['{"a":1}{"b":"\n"}', ['1:{"a":1}', '1:{"b":"\n"} !json_malformed']],
    ['{"a":1}\n{"b', ['1:{"a":1}', '2:{"b !json_malformed']],
    ['"cut', ['1:"cut !json_malformed']],
  ])('reports %s', (text, expected) => {
    expect(show(split(text))).toEqual(expected)
    expect(show(split(text, {}, [1]))).toEqual(expected)
  })

  it.each([
    [
      '{"Records":[{"a":1}},{"b":2}',
      ['1:{"a":1}', '1:} !json_malformed', '1:, !json_malformed', '1:{"b":2}'],
    ],
    ['{"x":],"Records":[1]}', ['1: !json_malformed', '1:1']],
    ['{"Records":[1],"x":]}', ['1:1', '1: !json_malformed']],
    ['{"Records":[1]', ['1:1', '1: !json_malformed']],
  ])('reports %s around the array of a member', (text, expected) => {
    expect(show(split(text, { arrayMember: 'Records' }))).toEqual(expected)
    expect(show(split(text, { arrayMember: 'Records' }, [1]))).toEqual(expected)
  })

  it('refuses nesting beyond all measure, without losing count', () => {
    const deep = `${'['.repeat(5000)}${']'.repeat(5000)}`
    expect(split(`[${deep},1]`).map(slice => (slice.ok ? 'ok' : slice.error.code))).toEqual([
      'json_too_deep',
      'ok',
    ])
  })

  it.each([[[1 << 20]], [[7]], [[100, 1]]])(
    'refuses over-long records in chunks of %s and goes on',
    sizes => {
      const long = `{"a":"${'x'.repeat(300)}"}`
      for (const text of [`{}\r\n${long}\r\n{}`, `[{},\n${long},{}]`, `{} {}${long}\n{}`]) {
        const slices = split(text, { maxRecordBytes: 100 }, sizes)
        const refused = slices.filter(slice => !slice.ok)
        expect(slices.length - refused.length).toBeGreaterThanOrEqual(2)
        expect(refused.map(slice => slice.error.code)).toEqual(['event_too_large'])
        expect(long.startsWith(decodeUtf8(refused[0]?.text as Uint8Array).trimEnd())).toBe(true)
        expect(slices.at(-1)?.ok).toBe(true)
      }
    },
  )

  it('takes records up to the limit to the byte, whatever ends the line', () => {
    for (const ending of ['\n', '\r\n']) {
      const text = ['"12345"', '"123456"', '"1234567"'].join(ending) + ending
      for (const size of [1, 5, 8, 9, 100]) {
        expect(split(text, { maxRecordBytes: 8 }, [size]).map(slice => slice.ok)).toEqual([true, true, false])
      }
    }
  })

  it('keeps 64 KiB of what it refuses', () => {
    const [slice] = split(`"${'x'.repeat(200_000)}"`, { maxRecordBytes: 100_000 }, [10_000])
    expect(slice).toMatchObject({ ok: false, length: 200_002 })
    expect(slice?.text).toHaveLength(65_536)
  })
})

describe('any values in any framing and chunking', () => {
  const value = fc.jsonValue({ maxDepth: 4 }).map(each => JSON.parse(JSON.stringify(each)) as unknown)
  const nonArray = value.filter(each => !Array.isArray(each))
  const framings = {
    ndjson: (values: unknown[]) => values.map(each => JSON.stringify(each)).join('\n'),
    crlf: (values: unknown[]) => values.map(each => `${JSON.stringify(each)}\r\n\r\n`).join(''),
    spaced: (values: unknown[]) => values.map(each => ` ${JSON.stringify(each)}`).join(' '),
    pretty: (values: unknown[]) => values.map(each => JSON.stringify(each, null, 2)).join('\n'),
    array: (values: unknown[]) => JSON.stringify(values),
    prettyArray: (values: unknown[]) => `\n${JSON.stringify(values, null, '\t')}\n`,
    member: (values: unknown[]) =>
      JSON.stringify({ a: 'Records', b: [{ Records: [1] }], Records: values, c: ']}' }),
    prettyMember: (values: unknown[]) => JSON.stringify({ a: { b: [1] }, Records: values, c: 1 }, null, 1),
  }
  const sizes = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 5 })
  const isListed = (name: string) => /array|member/i.test(name)

  it.each(Object.entries(framings))('%s', (name, frame) => {
    const values = fc.array(isListed(name) ? value : nonArray, {
      minLength: name.startsWith('pretty') ? 2 : 0,
    })
    fc.assert(
      fc.property(values, sizes, fc.boolean(), (list, chunks, hasMark) => {
        const member = /member/i.test(name) ? { arrayMember: 'Records' } : {}
        const slices = split(`${hasMark ? '\uFEFF' : ''}${frame(list)}`, member, chunks)
        expect(slices.map(slice => slice.ok && (JSON.parse(decodeUtf8(slice.text)) as unknown))).toEqual(list)
        expect(slices.map(slice => slice.index)).toEqual(list.map((_, index) => index))
      }),
      { numRuns: 150 },
    )
  })

  it('gives the same slices for any chunking, also of broken input', () => {
    const bytes = fc.array(fc.constantFrom(...'{}[]",:\\\n\r 1tn-xé'.split('')), { maxLength: 60 })
    fc.assert(
      fc.property(bytes, sizes, fc.constantFrom('', '[', '{"R":[', '{}\n', '{} '), (parts, chunks, start) => {
        const text = start + parts.join('')
        const [whole, cut] = [[1 << 20], chunks].map(each => split(text, { arrayMember: 'R' }, each))
        expect(cut).toEqual(whole)
        // Nothing is lost: what is in no slice is white space, commas, or around the member.
        if (!text.includes('"R"')) {
          const kept = (whole ?? []).reduce((sum, slice) => sum + slice.text.length, 0)
          const plain = encode(text.replace(/[\s,[\]]/g, '')).length
          expect(kept).toBeGreaterThanOrEqual(plain)
        }
      }),
      { numRuns: 1000 },
    )
  })
})
