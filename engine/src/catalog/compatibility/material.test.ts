import { describe, expect, test } from 'vitest'
import { objectOf } from './fixtures/closed-object.ts'
import { readMaterial } from './material.ts'
import type { Schema } from './schema/node.ts'
import { createNodeIds } from './schema/node.ts'

const read = (schema: Schema) => readMaterial(schema, createNodeIds(), {})
const inner = objectOf({ id: { type: 'string' } }, [], { additionalProperties: false })

describe('a schema and its views', () => {
  test('are read once, whatever they are compared with', () => {
    const material = read(objectOf({ inner }))
    expect(material.asWriter()).toBe(material.asWriter())
    expect(material.asReader()).toBe(material.asReader())
    expect(material.asWriter()).not.toBe(material.plain)
  })

  test('are one where a view changes nothing', () => {
    const closed = read(objectOf({ inner }, [], { additionalProperties: false }))
    expect(closed.asWriter()).toBe(closed.plain)
    const scalar = read({ type: 'string', maxLength: 3 })
    expect([scalar.asWriter(), scalar.asReader()]).toEqual([scalar.plain, scalar.plain])
  })

  test('share what a view leaves as it is', () => {
    const { plain, asWriter, asReader } = read(objectOf({ inner, name: { type: 'string', pattern: '^a' } }))
    const member = (root: typeof plain.root, name: string) => root.map.properties?.get(name)
    expect(member(asWriter().root, 'inner')).toBe(member(plain.root, 'inner'))
    expect(member(asReader().root, 'inner')).not.toBe(member(plain.root, 'inner'))
    expect(member(asReader().root, 'name')).toBe(member(plain.root, 'name'))
    expect(asWriter().patterns).toEqual(['^a'])
  })

  test('share nothing where references lead from one place to another', () => {
    const { plain, asReader } = read({ ...objectOf({ inner, again: { $ref: '#/properties/inner' } }) })
    const again = asReader().root.map.properties?.get('again')
    expect(again?.one.ref).toBe(asReader().root.map.properties?.get('inner'))
    expect(again?.one.ref).not.toBe(plain.root.map.properties?.get('inner'))
  })
})
