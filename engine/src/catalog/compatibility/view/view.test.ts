import { describe, expect, test } from 'vitest'
import type { JsonValue } from '../../../core/index.ts'
import { compileSchema } from '../check.ts'
import { objectOf } from '../fixtures/closed-object.ts'
import type { Schema } from '../schema/node.ts'
import { closedView } from './closed-view.ts'
import { openView } from './open-view.ts'

const accepts = (
  schema: Schema,
  value: Parameters<NonNullable<ReturnType<typeof compileSchema>>['accepts']>[0],
) => compileSchema(schema, true)?.accepts(value)

describe('the closed view of a producer', () => {
  test('visits each definition once, however deep they are nested', () => {
    let reads = 0
    const innermost = {
      type: 'object',
      get properties() {
        reads += 1
        return { a: true }
      },
    }
    let nested: Schema = innermost
    for (let level = 0; level < 12; level += 1) nested = { $defs: { inner: nested as JsonValue } }
    closedView(nested)
    expect(reads).toBeLessThan(12)
  })

  test('closes what lists members, everywhere, and leaves alone what says otherwise', () => {
    const view = closedView(
      objectOf({
        inner: objectOf({ a: true }),
        free: { type: 'object' },
        open: objectOf({ a: true }, [], { additionalProperties: true }),
        list: { type: 'array', items: objectOf({ a: true }) },
      }),
    )
    expect(accepts(view, { inner: { a: 1 }, free: { x: 1 }, open: { x: 1 }, list: [{ a: 1 }] })).toBe(true)
    for (const value of [{ x: 1 }, { inner: { x: 1 } }, { list: [{ x: 1 }] }])
      expect(accepts(view, value)).toBe(false)
  })

  test('closes what comes together from several schemas as a whole', () => {
    const schema = {
      allOf: [{ $ref: '#/$defs/base' }, objectOf({ b: { $ref: '#/$defs/base' } })],
      $defs: { base: objectOf({ a: { type: 'integer' } }) },
    }
    const view = closedView(schema)
    expect(accepts(view, { a: 1, b: { a: 2 } })).toBe(true)
    expect(accepts(view, { a: 1, x: 1 })).toBe(false)
    expect(accepts(view, { b: { x: 1 } })).toBe(false)
  })

  test('closes the branches of a union, and keeps them exclusive', () => {
    const schema = { oneOf: [objectOf({ a: true }), objectOf({ a: true, b: true }, ['b'])] }
    const view = closedView(schema)
    expect(accepts(view, { a: 1 })).toBe(true)
    expect(accepts(view, { x: 1 })).toBe(false)
    // Both branches take it as written, so the producer's validator refuses it whatever the view says.
    expect(accepts(schema, { a: 1, b: 1 })).toBe(false)
    expect(accepts(view, { a: 1, b: 1 })).toBe(false)
  })

  test('does not touch what is excluded', () => {
    const schema = {
      type: 'object',
      not: { $ref: '#/$defs/bad' },
      $defs: { bad: objectOf({ a: objectOf({ b: true }) }, ['a']) },
    }
    expect(accepts(closedView(schema), { a: { b: 1, x: 1 } })).toBe(false)
  })
})

describe('the open view of a consumer', () => {
  test('passes over members that it does not know', () => {
    const closed = { additionalProperties: false }
    const view = openView(
      objectOf({ inner: objectOf({ a: { type: 'string' } }, [], closed) }, [], {
        unevaluatedProperties: false,
      }),
    )
    expect(accepts(view, { x: 1, inner: { a: 'a', x: 1 } })).toBe(true)
    expect(accepts(view, { inner: { a: 1 } })).toBe(false)
  })

  test('takes a value that fits several branches once they are open', () => {
    const closed = { additionalProperties: false }
    const schema = {
      oneOf: [objectOf({ a: true }, ['a'], closed), objectOf({ a: true, b: true }, ['a', 'b'], closed)],
    }
    expect(accepts(schema, { a: 1, b: 1 })).toBe(true)
    expect(accepts(openView(schema), { a: 1, b: 1 })).toBe(true)
    expect(openView({ oneOf: [{ type: 'string' }, { const: 1 }] })).toEqual({
      oneOf: [{ type: 'string' }, { const: 1 }],
    })
  })

  test('does not open what is excluded', () => {
    const closed = { additionalProperties: false }
    const schema = {
      type: 'object',
      not: { $ref: '#/$defs/bad' },
      $defs: { bad: objectOf({ a: true }, ['a'], closed) },
    }
    expect(accepts(openView(schema), { a: 1, b: 1 })).toBe(true)
    expect(accepts(openView(schema), { a: 1 })).toBe(false)
  })

  test('keeps a rule for other members', () => {
    expect(openView({ additionalProperties: { type: 'string' } })).toEqual({
      additionalProperties: { type: 'string' },
    })
  })
})
