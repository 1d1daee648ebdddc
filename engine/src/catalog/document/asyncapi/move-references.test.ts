import { describe, expect, it } from 'vitest'
import { moveReferences } from './move-references.ts'

describe('a schema within another document', () => {
  it('has its own references where it stands, and others as they were', () => {
    const moved = moveReferences(
      {
        $schema: 'https://json-schema.org/draft/2020-12/schema',
        $id: 'urn:x',
        properties: {
          next: { anyOf: [{ $ref: '#' }, { $ref: '#/$defs/leaf' }, { $ref: 'urn:other#/a' }] },
          examples: { $ref: '#/$defs/leaf' },
          $ref: { type: 'string' },
        },
        examples: [{ $ref: '#/not/a/reference' }],
        $defs: { leaf: { const: { $ref: '#/neither' } } },
      },
      '#/a/b',
    )
    expect(moved).toEqual({
      properties: {
        next: { anyOf: [{ $ref: '#/a/b' }, { $ref: '#/a/b/$defs/leaf' }, { $ref: 'urn:other#/a' }] },
        examples: { $ref: '#/a/b/$defs/leaf' },
        $ref: { type: 'string' },
      },
      examples: [{ $ref: '#/not/a/reference' }],
      $defs: { leaf: { const: { $ref: '#/neither' } } },
    })
  })
})
