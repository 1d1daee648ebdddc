import { describe, expect, it } from 'vitest'
import type { JsonObject, JsonValue } from '../../../core/index.ts'
import { anEvent } from '../fixtures/documents.ts'
import { toTypeScript } from './to-typescript.ts'
import { typeText } from './type-text.ts'

const text = (schema: JsonValue) => typeText(schema, reference => (reference === '#' ? 'Self' : undefined))

describe('the type of a schema', () => {
  it.each<[JsonValue, string]>([
    [{ type: 'string', format: 'date-time' }, 'string'],
    [{ type: 'integer' }, 'number'],
    [{ type: ['string', 'null'] }, 'string | null'],
    [{ enum: ['a', 1, null] }, '"a" | 1 | null'],
    [{ const: { a: [1] } }, '{ readonly "a": readonly [1] }'],
    [{ type: 'array', items: { type: 'string' } }, 'readonly string[]'],
    [{ type: 'array', items: { enum: ['a', 'b'] } }, 'readonly ("a" | "b")[]'],
    [{ type: 'array', prefixItems: [{ type: 'string' }], items: false }, 'readonly [(string)?]'],
    [
      { type: 'object', additionalProperties: { type: 'number' } },
      '{\n  readonly [member: string]: number\n}',
    ],
    [{ type: 'object', properties: {}, additionalProperties: false }, 'Readonly<Record<string, never>>'],
    [{ anyOf: [{ type: 'string' }, { type: 'array', items: {} }] }, 'string | (readonly unknown[])'],
    [
      { allOf: [{ type: 'object', properties: { a: {} }, additionalProperties: false }, { $ref: '#' }] },
      '({\n  readonly a?: unknown\n}) & (Self)',
    ],
    [{ $ref: '#/nowhere' }, 'unknown'],
    [{}, 'unknown'],
    [{ anyOf: [{ type: 'string' }, {}] }, 'unknown'],
    [false, 'never'],
  ])('%j is %s', (schema, expected) => {
    expect(text(schema)).toBe(expected)
  })

  it('stays bounded for a schema that is deep', () => {
    let deep: JsonObject = {}
    for (let depth = 0; depth < 5_000; depth += 1) deep = { type: 'object', properties: { a: deep } }
    expect(text(deep).length).toBeLessThan(20_000)
  })
})

describe('TypeScript for a catalogue', () => {
  const events = [
    anEvent('OrderPlaced', {
      version: '1.1',
      summary: 'Placed */ import "evil" /*',
      deprecated: { since: '2026-01-01' },
      schema: {
        type: 'object',
        required: ['id'],
        properties: { id: { type: 'string', description: 'Its\n id.' }, 'a-b': { $ref: '#/$defs/leaf' } },
        additionalProperties: false,
        $defs: { leaf: { type: 'integer' } },
      },
    }),
    anEvent('OrderPlacedPayload', {}),
    anEvent('EventEnvelope', {}),
  ]
  const older = { type: 'object', properties: {}, additionalProperties: false }
  const made = toTypeScript(
    { events, commands: [], topics: [] },
    new Map([['OrderPlaced', [{ version: '1.0', document: older }]]]),
  )

  it('has an interface for each version, and names that do not collide', () => {
    const names = [...made.matchAll(/^export (?:interface|type) (\w+)/gm)].map(([, name]) => name)
    expect(new Set(names).size).toBe(names.length)
    expect(made).toContain(
      '\n  | OrderPlaced_1_0\n  | OrderPlaced\n  | OrderPlacedPayload\n  | EventEnvelope_2\n',
    )
    expect(made).toContain('  readonly payload: OrderPlacedPayload_2\n')
    expect(made).toContain('  readonly schemaVersion: "1.0"\n')
  })

  it('has descriptions as comments that nothing gets out of', () => {
    expect(made).toContain('  /** Its id. */\n  readonly id: string\n')
    expect(made).toContain('/** Placed *\\/ import "evil" /* @deprecated */\n')
    expect(made).toContain('  readonly "a-b"?: OrderPlacedPayload_2_leaf\n')
  })
})
