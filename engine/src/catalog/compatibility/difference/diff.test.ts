import { describe, expect, test } from 'vitest'
import { compareSchemas } from '../compare.ts'
import { objectOf } from '../fixtures/closed-object.ts'
import type { Schema } from '../schema/node.ts'

const messagesOf = (older: Schema, newer: Schema) =>
  compareSchemas(older, newer).differences.map(
    ({ isBreaking, message }) => `${isBreaking ? '!' : ' '} ${message}`,
  )

describe('differences in words', () => {
  test('name the place, the change and what is refused', () => {
    const before = objectOf({ total: { type: 'number', maximum: 100 }, code: { enum: ['a', 'b'] } }, [
      'total',
    ])
    const after = objectOf({ total: { type: 'number', maximum: 50 }, code: { enum: ['b', 'c'] } }, [
      'total',
      'code',
    ])
    expect(messagesOf(before, after)).toEqual([
      '! `/code`: became required; objects without it are refused by the new reader',
      '! `/total`: maximum was lowered from 100 to 50; values above 50 are refused by the new reader',
      '! `/code`: "c" was added to the values, "a" was removed from the values; values such as "a" are refused by the new reader',
    ])
  })

  test('point into both documents and values', () => {
    const before = objectOf({ 'a/b': { type: 'array', items: { type: 'string' } }, gone: { type: 'null' } })
    const after = objectOf({ 'a/b': { type: 'array', items: { type: 'string', minLength: 1 } } })
    const { differences } = compareSchemas(before, after)
    expect(
      differences.map(({ pointer, instancePath, keyword, change, isBreaking }) => [
        pointer,
        instancePath,
        keyword,
        change,
        isBreaking,
      ]),
    ).toEqual([
      ['/properties/a~1b/items/minLength', '/a~1b/*', 'minLength', 'added', true],
      ['/properties/gone', '/gone', 'properties', 'removed', false],
    ])
  })

  test('list harmless changes too', () => {
    const before = { type: 'object', description: 'old', properties: { a: { type: 'integer' } } }
    const after = {
      ...before,
      description: 'new',
      properties: { a: { type: 'number' }, b: { type: 'string' } },
    }
    expect(messagesOf(before, after)).toEqual([
      '  The value: the description was changed',
      '  `/a`: the type changed from integer to number',
      '  `/b`: the optional member "b" was added',
    ])
  })

  test('do not call breaking what a branch beside makes up for', () => {
    const before = { anyOf: [{ type: 'string', maxLength: 5 }, { type: 'null' }] }
    const after = {
      anyOf: [{ type: 'string', maxLength: 3 }, { type: 'null' }, { type: 'string', minLength: 2 }],
    }
    const { verdict, differences } = compareSchemas(
      { anyOf: [{ type: 'string', maxLength: 3 }, { type: 'null' }] },
      after,
    )
    expect(verdict).toBe('compatible')
    expect(differences.every(({ isBreaking }) => !isBreaking)).toBe(true)
    const worse = compareSchemas(before, { anyOf: [{ type: 'string', maxLength: 3 }, { type: 'null' }] })
    expect(worse.differences.filter(({ isBreaking }) => isBreaking).map(({ keyword }) => keyword)).toEqual([
      'maxLength',
    ])
  })

  test('follow recursive schemas once', () => {
    const tree = (limit: number) =>
      objectOf({ value: { type: 'string', maxLength: limit }, next: { $ref: '#' } })
    expect(messagesOf(tree(5), tree(9))).toEqual(['  `/value`: maxLength was raised from 5 to 9'])
  })
})
