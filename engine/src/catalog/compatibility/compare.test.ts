import { describe, expect, test } from 'vitest'
import { objectOf } from './fixtures/closed-object.ts'
import { verdictOf } from './fixtures/verdict.ts'
import type { Schema } from './schema/node.ts'

// biome-ignore-start lint/suspicious/noThenProperty: the keyword of JSON Schema has this name
const rows: readonly (readonly [what: string, narrow: Schema, wide: Schema])[] = [
  ['integer and number', { type: 'integer' }, { type: 'number' }],
  ['a list of types', { type: ['string', 'integer'] }, { type: ['number', 'string', 'null'] }],
  ['const and type', { const: 'a' }, { type: 'string' }],
  ['const and enum', { const: 'a' }, { enum: ['a', 'b'] }],
  ['enum', { enum: ['a', 1] }, { enum: [1, 'b', 'a'] }],
  ['values of objects', { const: { a: [1] } }, { enum: [{ a: [1] }, 2] }],
  ['both booleans', { enum: [true] }, { type: 'boolean' }],
  ['minimum', { type: 'number', minimum: 3 }, { type: 'number', minimum: 2 }],
  ['maximum', { type: 'number', maximum: 3 }, { type: 'number', maximum: 4 }],
  ['exclusiveMinimum', { type: 'number', exclusiveMinimum: 3 }, { type: 'number', minimum: 3 }],
  ['exclusiveMaximum', { type: 'number', exclusiveMaximum: 3 }, { type: 'number', exclusiveMaximum: 4 }],
  ['whole numbers and open limits', { type: 'integer', minimum: 1 }, { type: 'number', exclusiveMinimum: 0 }],
  ['multipleOf', { type: 'integer', multipleOf: 6 }, { type: 'integer', multipleOf: 3 }],
  ['multipleOf of integers', { type: 'integer' }, { type: 'number', multipleOf: 0.01 }],
  ['a range of integers', { type: 'integer', minimum: 1, maximum: 3 }, { enum: [1, 2, 3, 4] }],
  ['minLength', { type: 'string', minLength: 2 }, { type: 'string', minLength: 1 }],
  ['maxLength', { type: 'string', maxLength: 2 }, { type: 'string', maxLength: 3 }],
  ['a pattern', { type: 'string', pattern: '^a' }, { type: 'string' }],
  [
    'a pattern and its length',
    { type: 'string', pattern: '^ab{2,3}$' },
    { type: 'string', maxLength: 4, minLength: 3 },
  ],
  ['a format', { type: 'string', format: 'date' }, { type: 'string' }],
  ['a format and its length', { type: 'string', format: 'uuid' }, { type: 'string', maxLength: 36 }],
  ['items', { type: 'array', items: { type: 'integer' } }, { type: 'array', items: { type: 'number' } }],
  [
    'prefixItems',
    { type: 'array', prefixItems: [{ type: 'integer' }], items: { type: 'string' } },
    { type: 'array', prefixItems: [{ type: 'number' }], items: { type: ['string', 'null'] } },
  ],
  [
    'a tuple of draft-07',
    { type: 'array', items: [{ const: 1 }], additionalItems: false },
    { type: 'array', maxItems: 1 },
  ],
  ['minItems', { type: 'array', minItems: 2 }, { type: 'array', minItems: 1 }],
  ['maxItems', { type: 'array', maxItems: 2 }, { type: 'array', maxItems: 3 }],
  ['uniqueItems', { type: 'array', uniqueItems: true }, { type: 'array' }],
  ['uniqueItems of one', { type: 'array', maxItems: 1 }, { type: 'array', uniqueItems: true }],
  ['contains', { type: 'array', contains: { const: 1 } }, { type: 'array', contains: { type: 'number' } }],
  [
    'contains by items',
    { type: 'array', items: { const: 1 }, minItems: 2 },
    { type: 'array', contains: { const: 1 }, minContains: 2 },
  ],
  [
    'maxContains',
    { type: 'array', contains: { const: 1 }, maxContains: 1 },
    { type: 'array', contains: { const: 1 }, maxContains: 2 },
  ],
  ['required', { type: 'object', required: ['a', 'b'] }, { type: 'object', required: ['a'] }],
  ['required outside properties', { type: 'object', required: ['x'] }, { type: 'object', minProperties: 1 }],
  ['properties', objectOf({ a: { type: 'integer' } }), objectOf({ a: { type: 'number' } })],
  [
    'closed objects',
    objectOf({ a: true }, [], { additionalProperties: false }),
    objectOf({ a: true, b: { type: 'null' } }),
  ],
  [
    'additionalProperties',
    { additionalProperties: { const: 1 } },
    { additionalProperties: { type: 'number' } },
  ],
  [
    'patternProperties',
    { patternProperties: { '^a': { const: 1 } } },
    { patternProperties: { '^a': { enum: [1, 2] } } },
  ],
  [
    'patterns and names',
    { patternProperties: { '^a': { const: 1 } } },
    { properties: { ab: { type: 'number' } } },
  ],
  [
    'propertyNames',
    { type: 'object', propertyNames: { maxLength: 2 } },
    { type: 'object', propertyNames: { maxLength: 3 } },
  ],
  [
    'names of a closed object',
    objectOf({ a: true }, [], { additionalProperties: false }),
    { type: 'object', propertyNames: { maxLength: 1 } },
  ],
  ['minProperties', { type: 'object', required: ['a'] }, { type: 'object', minProperties: 1 }],
  [
    'maxProperties',
    objectOf({ a: true }, [], { additionalProperties: false }),
    { type: 'object', maxProperties: 1 },
  ],
  [
    'dependentRequired',
    { type: 'object', required: ['b'] },
    { type: 'object', dependentRequired: { a: ['b'] } },
  ],
  [
    'dependentRequired in turn',
    { dependentRequired: { a: ['b'], b: ['c'] } },
    { dependentRequired: { a: ['c'] } },
  ],
  [
    'dependentSchemas',
    { dependentSchemas: { a: { required: ['b', 'c'] } } },
    { dependentSchemas: { a: { required: ['c'] } } },
  ],
  ['allOf', { allOf: [{ type: 'integer' }, { minimum: 1 }] }, { type: 'number', minimum: 0 }],
  ['allOf of the reader', { type: 'integer', minimum: 1 }, { allOf: [{ type: 'number' }, { minimum: 0 }] }],
  [
    'anyOf',
    { anyOf: [{ const: 1 }, { type: 'string' }] },
    { anyOf: [{ type: 'null' }, { type: 'string' }, { type: 'number' }] },
  ],
  [
    'oneOf',
    { oneOf: [{ type: 'string' }, { type: 'null' }] },
    { oneOf: [{ type: 'null' }, { type: 'integer' }, { type: 'string' }] },
  ],
  ['not', { type: 'string' }, { not: { type: 'number' } }],
  ['not and its values', { enum: ['a', 'b'] }, { not: { enum: ['c', 1] } }],
  [
    'if',
    { if: { type: 'string' }, then: { minLength: 2 } },
    { if: { type: 'string' }, then: { minLength: 1 } },
  ],
  [
    'unevaluatedProperties',
    { allOf: [objectOf({ a: true })], unevaluatedProperties: false },
    objectOf({ a: true, b: { const: 1 } }),
  ],
  ['nothing', false, { const: 1 }],
  ['anything', { type: 'string' }, true],
]
// biome-ignore-end lint/suspicious/noThenProperty: the keyword of JSON Schema has this name

describe('a narrow schema and a wide one', () => {
  test.each(rows)('%s', (_, narrow, wide) => {
    expect(verdictOf(narrow, wide)).toBe('compatible')
    expect(verdictOf(wide, narrow)).toBe('incompatible')
  })
})
