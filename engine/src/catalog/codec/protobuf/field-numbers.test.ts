import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { schemaCases } from '../fixtures/arbitrary-schema.ts'
import { closed, failure } from '../fixtures/codec-cases.ts'
import type { FieldNumbers } from './field-numbers.ts'
import { assignNumbers } from './field-numbers.ts'

const text = { type: 'string' }

describe('assignNumbers', () => {
  it('keeps what is there, reserves what is gone, and gives what is new the next', () => {
    const first = assignNumbers(
      undefined,
      closed({ a: text, billTo: text, color: { enum: ['red', 'blue'] } }),
    )
    expect(first.messages['$']?.fields).toEqual({ a: 1, billTo: 2, color: 3 })
    const second = assignNumbers(first, closed({ z: text, a: text, color: { enum: ['blue', 'green'] } }))
    expect(second.messages['$']).toEqual({
      fields: { z: 4, a: 1, color: 3 },
      types: { z: 'string', a: 'string', color: 'enum $.Color' },
      reserved: [2],
      reservedNames: ['bill_to'],
    })
    expect(second.enums['$.Color']).toEqual({
      values: { blue: 2, green: 3 },
      reserved: [1],
      reservedNames: ['COLOR_RED'],
    })
    const third = assignNumbers(second, closed({ a: text, billTo: text }))
    expect(third.messages['$']).toMatchObject({ fields: { a: 1, billTo: 5 }, reserved: [2, 3, 4] })
    expect(third.enums).toEqual(second.enums)
  })

  it('gives another number to a member whose bytes would change their meaning', () => {
    const first = assignNumbers(undefined, closed({ a: text }))
    expect(assignNumbers(first, closed({ a: { type: 'integer' } })).messages['$']).toEqual({
      fields: { a: 2 },
      types: { a: 'int64' },
      reserved: [1],
      reservedNames: ['a'],
    })
    // Whether a member is required or may be null is not a matter of its bytes.
    const laxer = closed({ a: { anyOf: [text, { type: 'null' }] } }, ['a'])
    expect(assignNumbers(first, laxer).messages['$']?.fields).toEqual({ a: 1, 'a#null': 2 })
  })

  it('passes over the numbers that are not for users, and ends where they end', () => {
    const at = (last: number): FieldNumbers => ({
      messages: { $: { fields: { a: last }, types: { a: 'string' }, reserved: [], reservedNames: [] } },
      enums: {},
    })
    const next = (last: number) =>
      assignNumbers(at(last), closed({ a: text, b: text })).messages['$']?.fields['b']
    expect(next(18_998)).toBe(18_999)
    expect(next(18_999)).toBe(20_000)
    expect(next(536_870_910)).toBe(536_870_911)
    failure(() => next(536_870_911), 'schema_invalid')
  })

  it('never gives a number a second meaning, over any history, also from JSON', () => {
    fc.assert(
      fc.property(fc.array(schemaCases, { minLength: 2, maxLength: 5 }), history => {
        const meanings = new Map<string, string>()
        let numbers: FieldNumbers | undefined
        for (const { schema } of history) {
          numbers = assignNumbers(numbers && JSON.parse(JSON.stringify(numbers)), schema)
          expect(assignNumbers(numbers, schema)).toEqual(numbers)
          for (const [path, { fields, types, reserved }] of Object.entries(numbers.messages)) {
            expect(new Set([...Object.values(fields), ...reserved]).size).toBe(
              Object.keys(fields).length + reserved.length,
            )
            for (const [key, number] of Object.entries(fields)) {
              const place = `${path} ${number}`
              const meaning = `${key} ${types[key]}`
              expect(meanings.get(place) ?? meaning).toBe(meaning)
              meanings.set(place, meaning)
            }
          }
        }
      }),
      { numRuns: 200 },
    )
  })
})
