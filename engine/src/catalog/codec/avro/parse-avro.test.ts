import avsc from 'avsc'
import { describe, expect, it } from 'vitest'
import type { CompatibilityMode } from '../comparison.ts'
import { failure } from '../fixtures/codec-cases.ts'
import { compareAvro, parseAvro } from './parse-avro.ts'
import { avroParsingForm } from './parsing-form.ts'

const record = (...fields: readonly object[]) => ({ type: 'record', name: 'R', fields })
const field = (name: string, type: unknown, extra: object = {}) => ({ name, type, ...extra })
const union = (...types: readonly unknown[]) => types
const compare = (older: unknown, newer: unknown, mode: CompatibilityMode = 'backward') =>
  compareAvro(JSON.stringify(older), JSON.stringify(newer), mode)

const pairs: readonly [what: string, writer: unknown, reader: unknown, isReadable: boolean][] = [
  ['the same', record(field('a', 'int')), record(field('a', 'int')), true],
  ['a field less', record(field('a', 'int'), field('b', 'int')), record(field('a', 'int')), true],
  ['a field more', record(field('a', 'int')), record(field('a', 'int'), field('b', 'int')), false],
  ['one with a default', record(), record(field('b', 'int', { default: 1 })), true],
  ['an alias', record(field('a', 'int')), record(field('b', 'int', { aliases: ['a'] })), true],
  ['int to long', 'int', 'long', true],
  ['long to int', 'long', 'int', false],
  ['float to double', 'float', 'double', true],
  ['string to bytes', 'string', 'bytes', true],
  ['string to int', 'string', 'int', false],
  ['into a union', 'int', union('null', 'long'), true],
  ['out of a union', union('null', 'int'), 'int', false],
  ['out of a union of one', union('int'), 'int', true],
  ['a union less', union('null', 'int', 'string'), union('int', 'null'), false],
  [
    'a symbol more',
    { type: 'enum', name: 'E', symbols: ['A'] },
    { type: 'enum', name: 'E', symbols: ['A', 'B'] },
    true,
  ],
  [
    'a fixed of another size',
    { type: 'fixed', name: 'F', size: 1 },
    { type: 'fixed', name: 'F', size: 2 },
    false,
  ],
  ['items', { type: 'array', items: 'int' }, { type: 'array', items: 'string' }, false],
  ['values', { type: 'map', values: 'int' }, { type: 'map', values: 'double' }, true],
  ['a list', record(field('n', union('null', 'R'))), record(field('n', union('null', 'R'))), true],
]

describe('compareAvro', () => {
  it.each(pairs)('%s', (_, writer, reader, isReadable) => {
    expect(compare(writer, reader).isCompatible).toBe(isReadable)
    expect(compare(reader, writer, 'forward').isCompatible).toBe(isReadable)
    const back = compare(reader, writer).isCompatible
    expect(compare(writer, reader, 'full_transitive').isCompatible).toBe(isReadable && back)
    expect(compare(writer, reader, 'none')).toEqual({ isCompatible: true, messages: [] })
    // Another implementation is of the same mind.
    const [from, to] = [avsc.Type.forSchema(writer as never), avsc.Type.forSchema(reader as never)]
    if (isReadable) expect(() => to.createResolver(from)).not.toThrow()
    else expect(() => to.createResolver(from)).toThrow()
  })

  it('says where and why, in both directions', () => {
    const older = record(field('a', 'int'))
    const newer = record(field('a', 'string'), field('b', { type: 'map', values: 'int' }))
    expect(compare(older, newer, 'full').messages).toEqual([
      'backward: /a: the reader expects string, and the writer writes int',
      'backward: /b: the reader has this field without a default, and the writer does not have it',
      'forward: /a: the reader expects int, and the writer writes string',
    ])
    const symbols = (...names: string[]) => ({ type: 'enum', name: 'E', symbols: names })
    expect(compare(symbols('A', 'B'), symbols('A')).messages[0]).toContain('lacks the symbols B')
    expect(compare(symbols('A', 'B'), { ...symbols('A'), default: 'A' }).isCompatible).toBe(true)
  })

  it('does not conclude from a pair that fails in the end', () => {
    const inner = (last: string) => ({
      type: 'record',
      name: 'B',
      fields: [field('back', union('null', 'A')), field('v', last)],
    })
    const outer = (last: string, c: string) => ({
      type: 'record',
      name: 'A',
      fields: [field('b', inner(last)), field('c', c)],
    })
    const older = record(field('x', union('null', outer('int', 'int'))), field('y', 'B'))
    const newer = record(field('x', union('null', outer('int', 'string'), 'string')), field('y', 'B'))
    expect(compare(older, newer).messages.length).toBe(2)
  })

  it('compares schemas that are made to take long within bounds', () => {
    const many = (count: number, type: string) =>
      Array.from({ length: count }, (_, index) => ({
        type: 'record',
        name: `n${index}.X`,
        fields: [{ name: 'a', type }],
      }))
    const [older, newer] = [many(700, 'int'), many(700, 'string')]
    const error = failure(() => compare(older, newer), 'schema_invalid')
    expect(error.message).toContain('too intricate')
  })
})

describe('parseAvro', () => {
  it('gives one text for one schema', () => {
    const first = parseAvro('{"type":"record","name":"a.R","fields":[]}')
    expect(parseAvro(' { "fields": [], "name": "a.R", "type": "record" } ')).toEqual(first)
    expect(first.name).toBe('a.R')
    expect(parseAvro('"string"')).toMatchObject({ canonicalText: '"string"', name: undefined })
  })

  it.each([
    ['', 'empty'],
    ['{', 'ends too early'],
    ['{"type":"record"}', 'no name'],
    ['{"type":"record","name":"R"}', 'no list of fields'],
    ['{"type":"record","name":"1R","fields":[]}', 'no legal name'],
    ['{"type":"record","name":"R","fields":[{"name":"a"}]}', 'R.a has no type'],
    ['{"type":"record","name":"R","fields":[{"name":"a","type":"Q"}]}', '"Q"'],
    ['{"type":"record","name":"R","fields":[{"name":"a","type":"int","default":"x"}]}', 'default'],
    ['{"type":"record","name":"R","fields":[{"name":"a","type":"int"},{"name":"a","type":"int"}]}', 'twice'],
    ['{"type":"enum","name":"E","symbols":["A","A"]}', 'one twice'],
    ['{"type":"enum","name":"E","symbols":["a b"]}', 'no names'],
    ['{"type":"enum","name":"E","symbols":["A"],"default":"B"}', 'default'],
    ['{"type":"fixed","name":"F","size":-1}', 'size'],
    ['["int",["string"]]', 'directly within a union'],
    ['["int","int"]', 'int twice'],
    ['{"type":"wat"}', '"wat"'],
    ['null', 'no Avro schema'],
    ['{"type":"int","type":"long"}', 'twice'],
    [`${'['.repeat(40)}"int"${']'.repeat(40)}`, 'deeper than 32'],
    [JSON.stringify({ type: 'int', doc: 'x'.repeat(70_000) }), 'longer than 65536'],
  ])('refuses %s', (text, message) => {
    expect(failure(() => parseAvro(text), 'schema_invalid').message).toContain(message)
  })

  it('refuses defaults that would take for ever to check', () => {
    const branches = Array.from({ length: 10 }, (_, index) => ({
      type: 'record',
      name: `B${index}`,
      fields: [field('n', 'N')],
    }))
    let value: unknown = { x: 5 }
    for (let level = 0; level < 12; level += 1) value = { x: { n: value } }
    const node = { type: 'record', name: 'N', fields: [field('x', union('null', ...branches))] }
    const text = JSON.stringify(record(field('n', node, { default: value })))
    expect(failure(() => parseAvro(text), 'schema_invalid').message).toContain('too intricate')
  })
})

describe('avroParsingForm', () => {
  it.each(pairs.map(([what, schema]) => [what, schema] as const))(
    'is that of another implementation: %s',
    (_, schema) => {
      const theirs = avsc.Type.forSchema(schema as never, { wrapUnions: true }).schema()
      expect(avroParsingForm(schema as never)).toBe(JSON.stringify(theirs))
    },
  )
})
