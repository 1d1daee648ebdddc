import { describe, expect, it } from 'vitest'
import type { JsonObject, JsonValue } from '../../core/index.ts'
import { createTypeFinder } from './create-type-finder.ts'

const at = (schema: JsonValue, ...names: string[]): readonly string[] | undefined => {
  const types = createTypeFinder(schema as JsonObject)(names)
  return types && [...types].sort()
}
const text = { type: 'string' }

describe('the types at a place', () => {
  it.each<[string, JsonValue, string[], string[] | undefined]>([
    ['type', { type: ['integer', 'null'] }, [], ['null', 'number']],
    ['enum and const', { enum: ['a', 1, null], const: 'a' }, [], ['string']],
    ['false', false, [], []],
    ['nothing said', { title: 'T' }, [], ['array', 'boolean', 'null', 'number', 'object', 'string']],
    ['a member', { properties: { a: text } }, ['a'], ['string']],
    ['a member of a member', { properties: { a: { properties: { b: text } } } }, ['a', 'b'], ['string']],
    ['no such member', { properties: { a: text } }, ['b'], undefined],
    ['no member by inheritance', { properties: {} }, ['constructor'], undefined],
    ['a member of something else', { properties: { a: text } }, ['a', 'b'], undefined],
    ['a pattern', { patternProperties: { '^x': text } }, ['xy'], ['string']],
    ['any member', { properties: { a: { type: 'null' } }, additionalProperties: text }, ['b'], ['string']],
    ['an open object', { additionalProperties: true }, ['b'], undefined],
    ['an item', { items: text }, ['7'], ['string']],
    ['every item', { prefixItems: [text], items: false }, ['*'], []],
    ['the first item', { prefixItems: [text], items: { type: 'null' } }, ['0'], ['string']],
    ['a later item', { prefixItems: [text], items: { type: 'null' } }, ['1'], ['null']],
    ['a reference', { properties: { a: { $ref: '#/$defs/t' } }, $defs: { t: text } }, ['a'], ['string']],
    [
      'an anchor',
      { properties: { a: { $ref: '#t' } }, $defs: { t: { $anchor: 't', ...text } } },
      ['a'],
      ['string'],
    ],
    [
      'all of',
      { allOf: [{ properties: { a: { type: ['string', 'null'] } } }, { properties: { a: text } }] },
      ['a'],
      ['string'],
    ],
    [
      'any of',
      { anyOf: [{ properties: { a: text } }, { properties: { a: { type: 'null' } } }, {}] },
      ['a'],
      ['null', 'string'],
    ],
    ['one of', { oneOf: [text, { type: 'array' }] }, [], ['array', 'string']],
    [
      'a branch',
      JSON.parse('{"if":{},"then":{"properties":{"a":{"type":"string"}}}}') as JsonValue,
      ['a'],
      ['string'],
    ],
    [
      'a branch at the root',
      JSON.parse('{"type":"object","if":{},"then":{"type":"string"}}') as JsonValue,
      [],
      ['object'],
    ],
    ['a name with a slash', { properties: { 'a/b': text } }, ['a/b'], ['string']],
  ])('of %s', (_, schema, names, expected) => {
    expect(at(schema, ...names)).toEqual(expected)
  })

  it('are found along a recursive schema in little time', () => {
    const twice = { allOf: [{ $ref: '#' }, { $ref: '#' }] }
    const schema = { properties: { next: twice, id: text } }
    expect(at(schema, ...Array<string>(120).fill('next'), 'id')).toEqual(['string'])
  })

  it('are refused where finding many takes too long', () => {
    const wide = { allOf: Array<JsonValue>(4).fill({ allOf: Array<JsonValue>(400).fill({}) }) }
    const find = createTypeFinder({ properties: { next: { $ref: '#' }, id: text }, ...wide })
    const names = [...Array<string>(32).fill('next'), 'id']
    expect(find(names)).toEqual(new Set(['string']))
    expect(() => Array.from({ length: 10 }, () => find(names))).toThrow('too large')
  })

  it('are none where the way there is longer than the stack', () => {
    const links = Object.fromEntries(
      Array.from({ length: 400 }, (_, n): [string, JsonValue] => [`r${n}`, { $ref: `#/$defs/r${n + 1}` }]),
    )
    const schema = {
      $ref: '#/$defs/r0',
      $defs: { ...links, r400: { properties: { a: { $ref: '#/$defs/r0' }, id: text } } },
    }
    expect(at(schema, 'id')).toEqual(['string'])
    expect(at(schema, ...Array<string>(200).fill('a'), 'id')).toBeUndefined()
  })
})
