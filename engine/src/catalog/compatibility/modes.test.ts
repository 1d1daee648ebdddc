import { describe, expect, test } from 'vitest'
import { compareSchemas } from './compare.ts'
import { objectOf } from './fixtures/closed-object.ts'
import { checkCompatibility, compatibilityModes } from './modes.ts'

const open = (properties: Parameters<typeof objectOf>[0], required: string[] = []) =>
  objectOf(properties, required)
const closed = (properties: Parameters<typeof objectOf>[0], required: string[] = []) =>
  objectOf(properties, required, { additionalProperties: false })

const text = { type: 'string' }
const filled = { type: 'string', default: 'x' }

/** Backward compatibility as registries state it, by the content model: as written, and by the views. */
const scenarios = [
  ['add an optional member', closed, { a: text }, [], { a: text, b: text }, [], true, true],
  ['add an optional member', open, { a: text }, [], { a: text, b: text }, [], false, true],
  ['remove an optional member', closed, { a: text, b: text }, [], { a: text }, [], false, true],
  ['remove an optional member', open, { a: text, b: text }, [], { a: text }, [], true, true],
  ['add a required member', closed, { a: text }, [], { a: text, b: text }, ['b'], false, false],
  ['add a required member', open, { a: text }, [], { a: text, b: text }, ['b'], false, false],
  [
    'add a required member with a default',
    closed,
    { a: text },
    [],
    { a: text, b: filled },
    ['b'],
    true,
    true,
  ],
  ['add a required member with a default', open, { a: text }, [], { a: text, b: filled }, ['b'], false, true],
  ['remove a required member', closed, { a: text, b: text }, ['b'], { a: text }, [], false, true],
  ['remove a required member', open, { a: text, b: text }, ['b'], { a: text }, [], true, true],
] as const

describe('the ten scenarios', () => {
  test.each(scenarios)(
    '%s, %o',
    (_, model, before, needed, after, needs, isStrictlyCompatible, isCompatible) => {
      const [old, fresh] = [model(before, [...needed]), model(after, [...needs])]
      const check = (strict: boolean) =>
        checkCompatibility([old], fresh, { mode: 'backward', strict, appliesDefaults: true })
      expect(check(true).isCompatible).toBe(isStrictlyCompatible)
      expect(check(false).isCompatible).toBe(isCompatible)
      for (const strict of [true, false]) expect(check(strict).verdict).not.toBe('unproven')
    },
  )

  test('a default does not help a reader that does not fill it in', () => {
    const [old, fresh] = [closed({ a: text }), closed({ a: text, b: filled }, ['b'])]
    const { verdict, comparisons } = checkCompatibility([old], fresh, { mode: 'backward' })
    expect(verdict).toBe('incompatible')
    expect(comparisons[0]?.differences.find(({ isBreaking }) => isBreaking)?.message).toBe(
      '`/b`: became required; objects without it (its default does not help: readers judge what was sent) are refused by the new reader',
    )
  })
})

describe('the modes', () => {
  const oldest = objectOf({ n: { type: 'number', maximum: 10 } })
  const middle = objectOf({ n: { type: 'number', maximum: 30 } })
  const newest = objectOf({ n: { type: 'number', maximum: 20 } })
  const history = [middle, oldest]
  const expected = {
    none: 'compatible',
    backward: 'incompatible',
    backward_transitive: 'incompatible',
    forward: 'compatible',
    forward_transitive: 'incompatible',
    full: 'incompatible',
    full_transitive: 'incompatible',
  }

  test.each(compatibilityModes)('%s', mode => {
    expect(checkCompatibility(history, newest, { mode }).verdict).toBe(expected[mode])
  })

  test('name the direction and the version of each comparison, newest first', () => {
    const { comparisons } = checkCompatibility(history, newest, { mode: 'full_transitive' })
    expect(comparisons.map(({ direction, against, verdict }) => [direction, against, verdict])).toEqual([
      ['backward', 0, 'incompatible'],
      ['forward', 0, 'compatible'],
      ['backward', 1, 'compatible'],
      ['forward', 1, 'incompatible'],
    ])
  })

  test('give differences their direction from old to new', () => {
    const { comparisons } = checkCompatibility([newest], middle, { mode: 'full' })
    const messages = comparisons.map(({ differences }) => differences.map(({ message }) => message))
    expect(messages).toEqual([
      ['`/n`: maximum was raised from 20 to 30'],
      ['`/n`: maximum was raised from 20 to 30; values above 20 are refused by the old reader'],
    ])
  })

  test('are compatible with no history', () => {
    for (const mode of compatibilityModes)
      expect(checkCompatibility([], newest, { mode }).isCompatible).toBe(true)
  })

  test('have views that let optional members come and go in full', () => {
    const before = objectOf({ a: text, gone: { type: 'integer' } }, ['a'])
    const after = objectOf({ a: text, come: { type: 'array', items: text } }, ['a'])
    expect(checkCompatibility([before], after, { mode: 'full' }).isCompatible).toBe(true)
    expect(checkCompatibility([before], after, { mode: 'full', strict: true }).isCompatible).toBe(false)
    expect(compareSchemas(before, objectOf({ a: text, gone: text }, ['a'])).verdict).toBe('incompatible')
  })
})
