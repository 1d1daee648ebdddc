import { describe, expect, it } from 'vitest'
import { closed, failure, tree } from '../fixtures/codec-cases.ts'
import { toAvroSchema } from './to-avro-schema.ts'

const options = { name: 'Order', namespace: 'com.acme' }
const text = { type: 'string' }

describe('toAvroSchema', () => {
  it('names records by their path, and says what Avro has no word for', () => {
    const schema = {
      description: 'An order.',
      ...closed(
        {
          id: { type: 'string', description: 'Its id.' },
          'a/b': text,
          buyer: closed({ kind: { enum: ['person', 'firm'] } }),
          shade: { enum: ['dark blue'] },
          note: { anyOf: [text, { type: 'null' }] },
          extra: {},
        },
        ['note', 'extra'],
      ),
    }
    expect(toAvroSchema(schema, options)).toEqual({
      type: 'record',
      name: 'Order',
      namespace: 'com.acme',
      doc: 'An order.',
      fields: [
        { name: 'id', doc: 'Its id.', type: 'string' },
        { name: 'a_x002F_b', 'keelson.name': 'a/b', type: 'string' },
        {
          name: 'buyer',
          type: {
            type: 'record',
            name: 'Order_Buyer',
            fields: [
              { name: 'kind', type: { type: 'enum', name: 'Order_Buyer_Kind', symbols: ['person', 'firm'] } },
            ],
          },
        },
        { name: 'shade', type: { type: 'string', 'keelson.values': ['dark blue'] } },
        {
          name: 'note',
          'keelson.optional': true,
          type: [
            'null',
            'string',
            { type: 'enum', name: 'keelson.JsonNull', 'keelson.null': true, symbols: ['NULL'] },
          ],
          default: null,
        },
        {
          name: 'extra',
          'keelson.optional': true,
          type: ['null', { type: 'string', 'keelson.json': true }],
          default: null,
        },
      ],
    })
  })

  it('refers to a record that contains itself by its name', () => {
    const { fields } = toAvroSchema(tree, options) as { fields: { type: unknown }[] }
    expect(fields[1]?.type).toEqual(['null', { type: 'array', items: 'Order_Node' }])
    expect(toAvroSchema(tree, options)).toMatchObject({ name: 'Order_Node' })
  })

  it('gives a name that is legal to whoever has it already, whatever the order', () => {
    const { fields } = toAvroSchema(
      closed({ 'a/b': text, a_x002F_b: text, '1': text, '': text }),
      options,
    ) as {
      fields: { name: string; 'keelson.name'?: string }[]
    }
    expect(fields.map(field => [field['keelson.name'] ?? field.name, field.name])).toEqual([
      ['1', '_x0031_'],
      ['a/b', 'a_x002F_b_2'],
      ['a_x002F_b', 'a_x002F_b'],
      ['', '_x_'],
    ])
  })

  it('takes what contains itself without a name as JSON', () => {
    const list = { $defs: { L: { type: 'array', items: { $ref: '#/$defs/L' } } }, $ref: '#/$defs/L' }
    expect(toAvroSchema(list, options)).toEqual({
      type: 'array',
      items: { type: 'string', 'keelson.json': true },
    })
  })

  it.each([
    [{ $ref: 'https://example.com/other.json' }],
    [{ $ref: '#/$defs/missing' }],
    [{ $ref: '#/%' }],
    [closed({ ['__proto__']: text })],
  ])('refuses %j', schema => {
    failure(() => toAvroSchema(schema, options), 'schema_invalid')
  })

  it('refuses schemas without bound, and names that Avro cannot have', () => {
    const wide: Record<string, unknown> = {}
    for (let level = 1; level < 40; level += 1) {
      const next = { $ref: `#/$defs/d${level - 1}` }
      wide[`d${level}`] = {
        anyOf: [
          { type: 'array', items: next },
          { patternProperties: {}, anyOf: [next, next] },
        ],
      }
    }
    wide['d0'] = text
    failure(() => toAvroSchema({ $defs: wide, $ref: '#/$defs/d39' } as never, options), 'schema_invalid')
    let deep: object = text
    for (let level = 0; level < 100_000; level += 1) deep = { type: 'array', items: deep }
    failure(() => toAvroSchema(deep as never, options), 'schema_invalid')
    failure(() => toAvroSchema(closed({}), { ...options, name: 'a b' }), 'schema_invalid')
    failure(() => toAvroSchema(closed({}), { ...options, namespace: '' }), 'schema_invalid')
  })
})

it('alternatives that only require members leave the object what it is', () => {
  const schema = {
    type: 'object',
    properties: { a: { type: 'string' }, b: { type: 'string' } },
    anyOf: [{ required: ['a'] }, { required: ['b'] }],
    additionalProperties: false,
  }
  expect(toAvroSchema(schema, { name: 'Either', namespace: 'x' })).toMatchObject({
    type: 'record',
    fields: [{ name: 'a' }, { name: 'b' }],
  })
})
