import { describe, expect, it } from 'vitest'
import type { JsonSchema } from '../../api/catalog-types.ts'
import type { JsonValue } from '../../api/types.ts'
import { fieldTable } from './fields.ts'

const rows = (schema: JsonSchema) => fieldTable({ schema }).rows
const paths = (schema: JsonSchema) => rows(schema).map(row => row.path)

describe('the table of fields', () => {
  it('lists members before what is in them, with type, need, bounds and words', () => {
    const table = fieldTable({
      schema: {
        type: 'object',
        required: ['id', 'lines'],
        properties: {
          id: { type: 'string', minLength: 1, maxLength: 128, description: 'Which.' },
          lines: {
            type: 'array',
            maxItems: 5,
            items: {
              type: 'object',
              required: ['sku'],
              properties: { sku: { type: 'string' }, count: { type: 'integer', minimum: 1 } },
            },
          },
          'a/b~c': { enum: ['x', 'y'] },
        },
      },
      personal: [{ pointer: '/lines/*/sku', subject: '/id', kind: 'name' }],
      examples: [{ id: 'o-1', lines: [{ count: 2 }, { sku: 's-1' }] }, { 'a/b~c': 'x' }],
    })
    expect(table.isCut).toBe(false)
    expect(table.rows).toEqual([
      {
        path: '/id',
        name: 'id',
        depth: 0,
        type: 'string',
        isRequired: true,
        isParent: false,
        bounds: ['1 to 128 characters'],
        description: 'Which.',
        example: 'o-1',
      },
      {
        path: '/lines',
        name: 'lines',
        depth: 0,
        type: 'list of object',
        isRequired: true,
        isParent: true,
        bounds: ['at most 5 items'],
        example: [{ count: 2 }, { sku: 's-1' }],
      },
      {
        path: '/lines/*/sku',
        name: 'sku',
        depth: 1,
        type: 'string',
        isRequired: true,
        isParent: false,
        bounds: [],
        example: 's-1',
        personal: { pointer: '/lines/*/sku', subject: '/id', kind: 'name' },
      },
      {
        path: '/lines/*/count',
        name: 'count',
        depth: 1,
        type: 'whole number',
        isRequired: false,
        isParent: false,
        bounds: ['at least 1'],
        example: 2,
      },
      {
        path: '/a~1b~0c',
        name: 'a/b~c',
        depth: 0,
        type: 'string',
        isRequired: false,
        isParent: false,
        bounds: ['one of "x", "y"'],
        example: 'x',
      },
    ])
  })

  it('says types in words', () => {
    const typeOf = (schema: JsonSchema) => rows({ properties: { a: schema } })[0]?.type
    expect(typeOf({ type: ['string', 'null'] })).toBe('string or null')
    expect(typeOf({ anyOf: [{ type: 'integer' }, { type: 'array', items: { type: 'string' } }] })).toBe(
      'whole number or list of string',
    )
    expect(typeOf({ const: null })).toBe('null')
    expect(typeOf(true)).toBe('anything')
    expect(typeOf(false)).toBe('nothing')
    expect(typeOf({ $ref: '#/$defs/nowhere' })).toBe('anything')
  })

  it('joins what an object is combined from, and asks only for what every alternative asks for', () => {
    const schema = {
      allOf: [{ required: ['a'], properties: { a: { type: 'string' } } }],
      oneOf: [{ required: ['b'], properties: { b: {} } }, { properties: { a: {}, c: {} } }],
    }
    expect(rows(schema).map(row => [row.name, row.isRequired])).toEqual([
      ['a', true],
      ['b', false],
      ['c', false],
    ])
  })

  it('shows members with any name', () => {
    const schema = {
      properties: { labels: { type: 'object', additionalProperties: { type: 'string' } } },
      patternProperties: { '^x-': { type: 'integer' } },
      additionalProperties: false,
    }
    expect(paths(schema)).toEqual(['/labels', '/labels/*', '/*'])
  })

  it('follows references within the document, and ends where a schema refers to itself', () => {
    const schema = {
      $defs: {
        tree: {
          type: 'object',
          properties: { name: { type: 'string' }, children: { items: { $ref: '#/$defs/tree' } } },
        },
      },
      properties: { root: { $ref: '#/$defs/tree' }, self: { $ref: '#' }, far: { $ref: 'https://x.org/y' } },
    }
    const tree = ['/root', '/root/name', '/root/children']
    const again = ['/root/children/*/name', '/root/children/*/children']
    expect(paths(schema)).toEqual([...tree, ...again, '/self', '/far'])
  })
})

describe('a schema that means ill', () => {
  it('ends, however wide, deep or tangled it is', () => {
    const wide = Object.fromEntries(Array.from({ length: 5000 }, (_, at) => [`f${at}`, { type: 'string' }]))
    expect(fieldTable({ schema: { properties: wide } })).toMatchObject({ isCut: true })
    expect(rows({ properties: wide })).toHaveLength(1000)

    let deep: JsonSchema = { type: 'string' }
    for (let depth = 0; depth < 60; depth++) deep = { properties: { a: deep } }
    const table = fieldTable({ schema: { properties: { deep, after: {} } } })
    expect(table.isCut).toBe(true)
    expect(table.rows.at(-1)?.path).toBe('/after')

    const branches = Array.from({ length: 30 }, () => ({ $ref: '#' }))
    const tangled = { anyOf: branches, oneOf: branches, properties: { a: { anyOf: branches } } }
    expect(paths(tangled)).toEqual(['/a', '/a/a'])

    const loop = { $ref: '#/$defs/b', $defs: { b: { $ref: '#' } } }
    expect(rows(loop)).toEqual([])
  })

  it('is not mistaken for members that objects inherit', () => {
    const schema = JSON.parse('{"properties":{"__proto__":{"type":"string"},"a":{"$ref":"#/constructor"}}}')
    const table = fieldTable({ schema, examples: [{} as JsonValue] })
    expect(table.rows.map(row => [row.name, row.example])).toEqual([
      ['__proto__', undefined],
      ['a', undefined],
    ])
  })
})
