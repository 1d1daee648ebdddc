import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { JsonValue } from '../../core/index.ts'
import { projectTo } from './project.ts'

const closed = (properties: Record<string, JsonValue>, more: Record<string, JsonValue> = {}): JsonValue => ({
  type: 'object',
  properties,
  additionalProperties: false,
  ...more,
})
const text = { type: 'string' }
const person = closed({ name: text })

describe('projectTo', () => {
  it.each<[what: string, schema: JsonValue, value: JsonValue, projected: JsonValue]>([
    ['a member that is not known', person, { name: 'a', nick: 'b' }, { name: 'a' }],
    [
      'one in an object within',
      closed({ owner: person }),
      { owner: { name: 'a', nick: 'b' } },
      { owner: { name: 'a' } },
    ],
    [
      'one in a list',
      closed({ all: { type: 'array', items: person } }),
      { all: [{ nick: 'b' }] },
      { all: [{}] },
    ],
    ['one in a tuple', { prefixItems: [text, person], items: false }, ['x', { nick: 'b' }], ['x', {}]],
    [
      'one in an object that may be null',
      { anyOf: [person, { type: 'null' }] },
      { name: 'a', nick: 'b' },
      { name: 'a' },
    ],
    [
      'one in a map',
      closed({ by: { patternProperties: { '^.*$': person } } }),
      { by: { x: { nick: 1 } } },
      { by: { x: {} } },
    ],
    ['one in a map of further members', { additionalProperties: person }, { x: { nick: 1 } }, { x: {} }],
    ['one of a part of an allOf', { allOf: [person] }, { name: 'a', nick: 'b' }, { name: 'a' }],
    [
      'one that no part of an allOf knows',
      { allOf: [{ properties: { a: {} } }, { properties: { b: {} } }], unevaluatedProperties: false },
      { a: 1, b: 2, c: 3 },
      { a: 1, b: 2 },
    ],
    ['one behind a reference', { $ref: '#/$defs/person', $defs: { person } }, { nick: 'b' }, {}],
    [
      'one of the alternative that its tag names',
      { oneOf: [closed({ kind: { const: 'a' }, x: text }), closed({ kind: { const: 'b' }, y: text })] },
      { kind: 'b', x: 'dropped', y: 'kept' },
      { kind: 'b', y: 'kept' },
    ],
    [
      'one at any depth of a recursive schema',
      { ...(person as object), properties: { name: text, next: { $ref: '#' } } },
      { next: { next: { nick: 1, name: 'a' }, nick: 2 } },
      { next: { next: { name: 'a' } } },
    ],
  ])('drops %s', (_, schema, value, projected) => {
    expect(projectTo(schema, value)).toEqual(projected)
  })

  it('leaves what an open schema takes, and values that are no objects', () => {
    expect(projectTo({ properties: { name: text } }, { name: 'a', nick: 'b' })).toEqual({
      name: 'a',
      nick: 'b',
    })
    for (const value of [null, 7, 'x', true]) expect(projectTo(person, value)).toBe(value)
    expect(projectTo(true, { a: 1 })).toEqual({ a: 1 })
  })

  it('ends on references that go round', () => {
    expect(projectTo({ $ref: '#/$defs/a', $defs: { a: { $ref: '#/$defs/a' } } }, { x: 1 })).toEqual({ x: 1 })
    expect(projectTo({ allOf: [{ $ref: '#' }], additionalProperties: false }, { x: 1 })).toEqual({})
  })

  it('changes nothing when it is done twice, whatever the value', () => {
    const schema = closed({ a: { anyOf: [person, { type: 'array', items: person }] }, name: text })
    fc.assert(
      fc.property(fc.jsonValue(), value => {
        const once = projectTo(schema, value as JsonValue)
        expect(projectTo(schema, once)).toEqual(once)
      }),
    )
  })
})
