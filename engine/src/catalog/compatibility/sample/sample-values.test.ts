import { describe, expect, test } from 'vitest'
import { canonicalJson } from '../../../core/index.ts'
import { compileSchema } from '../check.ts'
import { objectOf } from '../fixtures/closed-object.ts'
import { sampleValues } from './sample-values.ts'
import { formatSamples } from './text.ts'

const event = objectOf(
  {
    id: { type: 'string', pattern: '^sub_[0-9a-z]{26}$' },
    at: { type: 'string', format: 'date-time' },
    amount: { type: 'integer', minimum: 1, multipleOf: 5 },
    tags: {
      type: 'array',
      items: { type: 'string', minLength: 2, maxLength: 4 },
      uniqueItems: true,
      minItems: 1,
    },
    payer: {
      anyOf: [
        objectOf({ kind: { const: 'card' }, last4: { type: 'string', pattern: '^\\d{4}$' } }, [
          'kind',
          'last4',
        ]),
        { type: 'null' },
      ],
    },
    next: { $ref: '#' },
  },
  ['id', 'at', 'amount', 'tags'],
  { additionalProperties: false },
)

describe('sample values', () => {
  test('fit their schema and differ', () => {
    const values = sampleValues(event, { count: 50, seed: 7 })
    const compiled = compileSchema(event, true)
    expect(values).toHaveLength(50)
    expect(new Set(values.map(canonicalJson)).size).toBe(50)
    expect(values.filter(value => !compiled?.accepts(value))).toEqual([])
  })

  test('are the same for the same seed', () => {
    const sample = (seed: number) => sampleValues(event, { count: 5, seed })
    expect(sample(1)).toEqual(sample(1))
    expect(sample(1)).not.toEqual(sample(2))
  })

  test('are as many as there are', () => {
    expect(sampleValues({ enum: ['a', 'b'] }, { count: 10, seed: 1 }).sort()).toEqual(['a', 'b'])
    expect(sampleValues(false, { count: 10, seed: 1 })).toEqual([])
    expect(sampleValues({ type: 'string', pattern: '^(a|aa)+$' }, { count: 3, seed: 1 })).toEqual([])
    expect(sampleValues({ type: 'integer' }, { count: 5000, seed: 1 }).length).toBeLessThanOrEqual(1000)
  })

  test('end where a schema never does', () => {
    expect(sampleValues(objectOf({ next: { $ref: '#' } }, ['next']), { count: 3, seed: 1 })).toEqual([])
  })

  test.each(Object.entries(formatSamples))('of the format %s fit it', (format, samples) => {
    const compiled = compileSchema({ type: 'string', format }, true)
    expect(samples.filter(sample => !compiled?.accepts(sample))).toEqual([])
  })
})
