import { expect, test } from 'vitest'
import { compileSchema } from './check.ts'

test('faults are said as publishing says them, with places counted from the value', () => {
  const schema = {
    type: 'object',
    required: ['id'],
    properties: { id: { type: 'string' }, mode: { enum: ['fast', 'slow'] }, size: { type: 'integer' } },
    additionalProperties: false,
  }
  const faults = compileSchema(schema, true)?.faults({ mode: 'fats', size: 'big', idd: 1 })
  expect(faults).toEqual(
    expect.arrayContaining([
      { pointer: '', message: 'must have "id"' },
      { pointer: '/mode', message: 'must be one of "fast", "slow"', hint: 'did you mean "fast"?' },
      { pointer: '/size', message: 'must be of type integer, and is a string' },
      { pointer: '/idd', message: 'is not a member of this event', hint: 'remove it, or check its spelling' },
    ]),
  )
  expect(faults).toHaveLength(4)
})

test('alternatives that none fits are said in words, and each with what it lacks', () => {
  const either = { type: 'object', anyOf: [{ required: ['eventId'] }, { required: ['scope'] }] }
  const said = compileSchema(either, true)
    ?.faults({})
    .map(({ message }) => message)
  expect(said).toEqual(['must have "eventId"', 'must have "scope"', 'must fit one of several alternatives'])
})
