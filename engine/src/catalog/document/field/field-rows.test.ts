import { describe, expect, it } from 'vitest'
import type { JsonObject, JsonValue } from '../../../core/index.ts'
import { describeType } from './describe-type.ts'
import { fieldRows } from './field-rows.ts'

const schema: JsonObject = {
  type: 'object',
  required: ['id'],
  properties: {
    id: { type: 'string', minLength: 1, maxLength: 8, description: 'Its id.', examples: ['o-1'] },
    lines: {
      type: 'array',
      items: { type: 'object', required: ['sku'], properties: { sku: { type: 'string' } } },
    },
    'a/b': { type: 'object', properties: { c: { const: 1 } } },
    labels: {
      type: 'object',
      patternProperties: { '^.*$': { type: 'object', properties: { by: { type: 'string' } } } },
    },
  },
}

describe('rows of fields', () => {
  it('go through objects, lists and maps, each with its place', () => {
    const rows = fieldRows(schema, [{ pointer: '/labels/*/by', subject: '/id', kind: 'name' }])
    expect(rows.map(({ pointer, path, depth, isRequired }) => [pointer, path, depth, isRequired])).toEqual([
      ['/id', 'id', 0, true],
      ['/lines', 'lines', 0, false],
      ['/lines/*/sku', 'lines[].sku', 1, true],
      ['/a~1b', 'a/b', 0, false],
      ['/a~1b/c', 'a/b.c', 1, false],
      ['/labels', 'labels', 0, false],
      ['/labels/*/by', 'labels{}.by', 1, false],
    ])
    expect(rows[0]).toMatchObject({ type: 'text, 1 to 8', description: 'Its id.', example: 'o-1' })
    expect(rows[4]).toMatchObject({ example: 1 })
    expect(rows[6]?.personal).toEqual({ pointer: '/labels/*/by', subject: '/id', kind: 'name' })
    expect(rows[5]?.personal).toBeUndefined()
  })

  it('name a member of several branches once', () => {
    const branch = { type: 'object', properties: { kind: { type: 'string' } } }
    expect(fieldRows({ anyOf: [branch, branch] }).map(row => row.path)).toEqual(['kind'])
  })

  it('stay bounded for a schema that is deep or wide', () => {
    let deep: JsonObject = { type: 'string' }
    for (let depth = 0; depth < 5_000; depth += 1) deep = { type: 'object', properties: { a: deep } }
    expect(fieldRows(deep).length).toBeLessThan(100)
    const wide = Object.fromEntries(Array.from({ length: 5_000 }, (_, at) => [`m${at}`, true]))
    expect(fieldRows({ properties: wide })).toHaveLength(2_000)
  })
})

describe('a type in words', () => {
  it.each<[JsonValue, string]>([
    [{ type: 'string', format: 'date-time', maxLength: 40 }, 'date-time'],
    [{ type: 'string', format: 'email', maxLength: 320 }, 'email, up to 320'],
    [{ type: 'string', pattern: '^[a-z]+$' }, 'text, like ^[a-z]+$'],
    [{ enum: ['a', 1] }, 'one of "a", 1'],
    [{ const: 'x' }, '"x"'],
    [{ type: 'integer', minimum: 0 }, 'whole number, from 0'],
    [{ type: 'number', exclusiveMinimum: 0, maximum: 1 }, 'number, up to 1, above 0'],
    [{ type: 'array', items: { type: 'integer' }, maxItems: 3 }, 'list of whole number, up to 3 items'],
    [{ type: 'object', additionalProperties: { type: 'boolean' } }, 'map of true or false'],
    [{ type: ['string', 'null'] }, 'text or null'],
    [{ anyOf: [{ type: 'string' }, { type: 'null' }] }, 'text or null'],
    [{ $ref: '#/$defs/node' }, 'node'],
    [{ $ref: '#' }, 'the same again'],
    [{}, 'any JSON'],
    [true, 'any JSON'],
    [false, 'nothing'],
    [{ enum: Array.from({ length: 30 }, (_, at) => at) }, expect.stringMatching(/19 and 10 more$/)],
  ])('of %j is %s', (one, words) => {
    expect(describeType(one)).toEqual(words)
  })
})
