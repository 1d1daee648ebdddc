import { describe, expect, it } from 'vitest'
import type { JsonObject } from '../../../core/index.ts'
import { closed } from '../fixtures/codec-cases.ts'
import type { RecordShape } from './shape.ts'
import { splitNull } from './shape.ts'
import { shapeOf } from './shape-of.ts'

const text = { type: 'string' }
const string = { kind: 'string' }
const json = { kind: 'json' }

describe('shapeOf', () => {
  it.each<[string, JsonObject, unknown]>([
    ['a format', { type: 'string', format: 'date-time', maxLength: 9 }, string],
    [
      'a list of types',
      { type: ['string', 'null'] },
      { kind: 'union', path: [], branches: [{ kind: 'null' }, string] },
    ],
    ['an integer or a number', { anyOf: [{ type: 'integer' }, { type: 'number' }] }, { kind: 'number' }],
    ['a word or any string', { oneOf: [{ const: 'a' }, text] }, string],
    [
      'words',
      { anyOf: [{ const: 'a' }, { enum: ['b', 'a'] }] },
      { kind: 'enum', path: ['option1'], values: ['a', 'b'] },
    ],
    ['whole numbers', { enum: [1, 2] }, { kind: 'integer' }],
    ['a whole number that is a number', { type: 'number', const: 1 }, { kind: 'number' }],
    ['an object as a constant', { const: { a: 1 } }, json],
    ['anything', {}, json],
    ['anything or null', { anyOf: [{}, { type: 'null' }] }, json],
    ['two schemas at once', { allOf: [closed({ a: text }), closed({ b: text })] }, json],
    ['a tuple', { type: 'array', prefixItems: [text] }, { kind: 'json' }],
    ['a tuple of older drafts', { type: 'array', items: [text], additionalItems: false }, json],
    [
      'lists of this or that',
      {
        anyOf: [
          { type: 'array', items: text },
          { type: 'array', items: { type: 'null' } },
        ],
      },
      {
        kind: 'array',
        items: { kind: 'union', path: ['item'], branches: [{ kind: 'null' }, string] },
      },
    ],
    ['any object', { type: 'object' }, { kind: 'map', values: json }],
    ['a map', { type: 'object', additionalProperties: text }, { kind: 'map', values: string }],
    [
      'a map by a pattern',
      { type: 'object', patternProperties: { '^.*$': text } },
      { kind: 'map', values: string },
    ],
    [
      'a map by a pattern that leaves others free',
      { type: 'object', patternProperties: { '^a': text } },
      { kind: 'map', values: json },
    ],
    [
      'a map by a pattern and no others',
      { type: 'object', patternProperties: { '^a': text }, additionalProperties: false },
      { kind: 'map', values: string },
    ],
  ])('of %s', (_, schema, shape) => {
    expect(shapeOf(schema)).toEqual(shape)
  })

  it('keeps open what is open, and leaves out what may not be there', () => {
    const properties = { a: text, never: false }
    const open = shapeOf({ type: 'object', properties }) as RecordShape
    expect(open.rest).toEqual(json)
    expect(open.members.map(({ name, isOptional }) => [name, isOptional])).toEqual([['a', true]])
    expect((shapeOf({ type: 'object', properties, additionalProperties: text }) as RecordShape).rest).toEqual(
      string,
    )
    expect(
      (shapeOf({ type: 'object', properties, additionalProperties: false }) as RecordShape).rest,
    ).toBeUndefined()
  })

  it('finds a definition by its pointer, id or name, and is the same record each time', () => {
    const Node = closed({ next: { $ref: '#/$defs/Node' }, other: { $ref: 'Node' }, id: { $ref: '#Node' } }, [
      'next',
    ])
    const root = shapeOf({ $defs: { Node }, $ref: '#/$defs/Node' }) as RecordShape
    expect(root.path).toEqual(['Node'])
    for (const { shape } of root.members) expect(shape).toBe(root)
  })

  it('names the branches of a union by what tells them apart', () => {
    const card = closed({ kind: { const: 'card' } })
    const union = shapeOf({ anyOf: [card, { title: 'Cash', ...closed({}) }, closed({ x: text })] })
    const paths = union.kind === 'union' ? union.branches.map(branch => 'path' in branch && branch.path) : []
    expect(paths).toEqual([['card'], ['Cash'], ['option3']])
  })
})

describe('splitNull', () => {
  it('takes null out of a union', () => {
    expect(splitNull(shapeOf({ type: 'null' }))).toEqual({ isNullable: true, rest: undefined })
    expect(splitNull(shapeOf({ type: ['null', 'string'] }))).toEqual({ isNullable: true, rest: string })
    expect(splitNull(shapeOf(text))).toEqual({ isNullable: false, rest: string })
    const three = splitNull(shapeOf({ type: ['null', 'string', 'boolean'] }))
    expect(three.rest).toMatchObject({ kind: 'union', branches: [{ kind: 'boolean' }, string] })
  })
})
