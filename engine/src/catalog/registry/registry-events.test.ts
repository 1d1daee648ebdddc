import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import type { JsonObject } from '../../core/index.ts'
import { canonicalJson } from '../../core/index.ts'
import { SchemaRegistered } from './registry-events.ts'

const [example] = SchemaRegistered.examples
const schema = JSON.parse(example?.schema ?? '') as JsonObject

test('the example of a registered event type points at members that its schema has', () => {
  const members = Object.keys(schema['properties'] as JsonObject)
  const { orderingKey, personal = [] } = example?.event ?? {}
  const pointers = [orderingKey, ...personal.flatMap(({ pointer, subject }) => [pointer, subject])]
  expect(pointers).toEqual(['/orderId', '/email', '/customerId'])
  for (const pointer of pointers) expect(members).toContain(pointer?.slice(1))
  expect(schema['type']).toBe('object')
})

test('its hash is that of its text', () => {
  expect(example?.hash).toBe(createHash('sha256').update(canonicalJson(schema)).digest('hex'))
})
