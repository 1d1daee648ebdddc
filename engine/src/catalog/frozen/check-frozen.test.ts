import Type from 'typebox'
import { describe, expect, it } from 'vitest'
import type { EventDefinition } from '../../core/index.ts'
import { defineCommand, defineEvent } from '../../core/index.ts'
import { checkFrozen } from './check-frozen.ts'
import type { FrozenSchema } from './frozen-schema.ts'
import { byType, compareVersions, toFrozenSchema } from './frozen-schema.ts'
import { schemaHash, toSchemaDocument } from './schema-document.ts'

const define = (version: string, summary = 'An order was placed.', type = 'OrderPlaced') =>
  defineEvent({
    type,
    version,
    kind: 'domain',
    topic: 'orders',
    summary,
    producer: 'Orders',
    consumers: [],
    personal: [{ pointer: '/name', subject: '/id' }],
    payload: Type.Object({ id: Type.String(), name: Type.String() }, { description: 'Which one.' }),
    examples: [{ id: '1', name: 'Ada' }],
  }) as EventDefinition

const freeze = (definition: EventDefinition): FrozenSchema => {
  const document = toSchemaDocument(definition)
  return {
    kind: 'event',
    type: definition.type,
    version: definition.version,
    hash: schemaHash(document),
    document,
  }
}

const agree = () => []
const faults = (definitions: EventDefinition[], frozen: FrozenSchema[], compare = agree as () => string[]) =>
  checkFrozen(definitions, frozen, compare).faults.map(
    fault => `${fault.type} ${fault.version} ${fault.message}`,
  )

describe('a schema document', () => {
  it('is closed JSON Schema 2020-12 with its name, examples and personal members', () => {
    expect(toSchemaDocument(define('1.0'))).toEqual({
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      $id: 'urn:keelson:event:OrderPlaced:1.0',
      title: 'OrderPlaced',
      description: 'An order was placed. Which one.',
      type: 'object',
      required: ['id', 'name'],
      properties: { id: { type: 'string' }, name: { type: 'string' } },
      additionalProperties: false,
      examples: [{ id: '1', name: 'Ada' }],
      'x-keelson-personal': [{ pointer: '/name', subject: '/id' }],
    })
  })

  it('has a hash that only its content changes', () => {
    const document = toSchemaDocument(define('1.0'))
    const turned = Object.fromEntries(Object.entries(document).reverse())
    expect(schemaHash(turned)).toBe(schemaHash(document))
    expect(schemaHash({ ...document, title: 'Other' })).not.toBe(schemaHash(document))
  })

  it('tells commands from events', () => {
    const command = defineCommand({
      type: 'PlaceOrder',
      version: '1.0',
      summary: 'Places an order.',
      aggregate: 'Order',
      target: payload => payload.id,
      payload: Type.Object({ id: Type.String() }),
      emits: ['OrderPlaced'],
      rejections: [{ code: 'sold_out', when: 'Nothing is left.' }],
      examples: [{ id: '1' }],
    })
    expect(toSchemaDocument(command)['$id']).toBe('urn:keelson:command:PlaceOrder:1.0')
  })
})

describe('checkFrozen', () => {
  it('finds nothing where definitions are as they were frozen', () => {
    expect(checkFrozen([define('1.0')], [freeze(define('1.0'))], agree)).toEqual({ missing: [], faults: [] })
  })

  it('gives what is new', () => {
    const report = checkFrozen([define('1.1')], [freeze(define('1.0'))], agree)
    expect(report.faults).toEqual([])
    expect(report.missing.map(schema => schema.version)).toEqual(['1.1'])
    expect(checkFrozen([define('1.0')], [], agree).missing).toHaveLength(1)
  })

  it('refuses a change without a new version', () => {
    expect(faults([define('1.0', 'Something else.')], [freeze(define('1.0'))])).toEqual([
      'OrderPlaced 1.0 differs from its frozen schema: give it version 1.1, or take the change back',
    ])
  })

  it('refuses versions that go backwards, skip, or begin in the middle', () => {
    const frozen = [freeze(define('1.0')), freeze(define('1.1'))]
    expect(faults([define('1.0')], frozen)[0]).toContain('goes backwards')
    expect(faults([define('1.3')], frozen)[0]).toContain('must be version 1.2')
    expect(faults([define('1.4')], [])[0]).toContain('must begin with minor 0')
  })

  it('compares a new version with every older one', () => {
    const frozen = [freeze(define('1.0')), freeze(define('1.1'))]
    expect(faults([define('1.2')], frozen, () => ['/id went'])).toEqual([
      'OrderPlaced 1.2 is not compatible with 1.0: /id went',
      'OrderPlaced 1.2 is not compatible with 1.1: /id went',
    ])
  })

  it('refuses a frozen file that was changed, and one whose definition is gone', () => {
    const good = freeze(define('1.0'))
    const changed = { ...good, document: { ...good.document, title: 'Forged' } }
    expect(faults([define('1.0')], [changed])[0]).toContain('was changed')
    expect(faults([], [good])[0]).toContain('not defined any more')
  })
})

describe('frozen schemas', () => {
  it('are sorted by number, not by text', () => {
    const versions = ['1.10', '1.2', '1.0'].map(version => freeze(define(version)))
    expect(
      byType(versions)
        .get('event OrderPlaced')
        ?.map(schema => schema.version),
    ).toEqual(['1.0', '1.2', '1.10'])
    expect(compareVersions('2.0', '1.9')).toBeGreaterThan(0)
  })

  it('are known by the $id in them', () => {
    const { document, hash } = freeze(define('1.0'))
    expect(toFrozenSchema(document, hash)).toEqual(freeze(define('1.0')))
    for (const wrong of [{}, { $id: 'urn:x' }, null, 7])
      expect(() => toFrozenSchema(wrong, '')).toThrow('No frozen schema')
  })
})
