import { describe, expect, it } from 'vitest'
import type { JsonObject } from '../../../core/index.ts'
import { compareBothWays } from './compare-both-ways.ts'

const of = (properties: JsonObject, required: string[] = []): JsonObject => ({
  type: 'object',
  properties,
  required,
  additionalProperties: false,
})
const text = { type: 'string' }

describe('two versions of one event', () => {
  it('fit where a member was added that may be left out', () => {
    const { verdict, differences } = compareBothWays(of({ a: text }), of({ a: text, b: text }))
    expect(verdict).toBe('compatible')
    expect(differences.map(({ instancePath, change }) => [instancePath, change])).toEqual([['/b', 'added']])
  })

  it.each([
    ['asks for more', of({ a: text }), of({ a: text, b: text }, ['b']), 'backward'],
    ['asks for less', of({ a: text }, ['a']), of({ a: text }), 'forward'],
    [
      'takes less',
      of({ a: { type: 'integer', maximum: 9 } }),
      of({ a: { type: 'integer', maximum: 5 } }),
      'backward',
    ],
    ['takes more', of({ a: { enum: ['x'] } }), of({ a: { enum: ['x', 'y'] } }), 'forward'],
  ])('do not fit where the newer one %s, and a payload shows it', (_, older, newer, direction) => {
    const { verdict, differences, counterExample } = compareBothWays(older, newer)
    expect(verdict).toBe('incompatible')
    expect(counterExample?.value).toBeDefined()
    expect(counterExample?.direction).toBe(direction)
    expect(counterExample?.faults.length).toBeGreaterThan(0)
    const breaking = differences.filter(difference => difference.isBreaking)
    expect(breaking.length).toBeGreaterThan(0)
    const places = differences.map(({ pointer, instancePath, keyword, change }) =>
      [pointer, instancePath, keyword, change].join(' '),
    )
    expect(new Set(places).size).toBe(places.length)
  })

  it('are not proved to fit where one cannot be read', () => {
    const { verdict, differences } = compareBothWays(of({}), { $ref: 'https://elsewhere.example/schema' })
    expect([verdict, differences.length, differences[0]?.isBreaking]).toEqual(['unproven', 1, true])
  })
})
