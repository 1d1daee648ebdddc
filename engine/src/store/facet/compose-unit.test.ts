import { expect, test } from 'vitest'
import { composeUnit } from './compose-unit.ts'

const scope = { tenantId: 'acme' }
const document = (id: string) => ({ tenantId: 'acme', collection: 'c', id, value: 1 })

test('parts keep their order, kind by kind', () => {
  const unit = composeUnit(
    scope,
    { documents: [document('a')], statements: [{ sql: 'SELECT 1', params: [] }] },
    {},
    { documents: [document('b')], checkpoint: { name: 'c', from: 0, to: 1 } },
  )
  expect(unit).toEqual({
    scope,
    checkpoint: { name: 'c', from: 0, to: 1 },
    appends: [],
    documents: [document('a'), document('b')],
    bodies: [],
    statements: [{ sql: 'SELECT 1', params: [] }],
  })
})

test('a unit moves one checkpoint', () => {
  const step = (name: string) => ({ checkpoint: { name, from: 0, to: 1 } })
  expect(() => composeUnit(scope, step('a'), step('b'))).toThrow('"a" and "b"')
})
