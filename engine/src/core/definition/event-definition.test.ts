import Type from 'typebox'
import { describe, expect, it } from 'vitest'
import type { EventDefinition } from './event-definition.ts'
import { defineEvent } from './event-definition.ts'

const base = {
  type: 'ThingHappened',
  version: '1.0',
  kind: 'domain',
  topic: 'things',
  summary: 'A thing happened.',
  producer: 'Things',
  consumers: [],
  payload: Type.Object({ id: Type.String() }),
  examples: [{ id: 'x' }],
} satisfies EventDefinition

/** Where a schema is closed: the pointers of all objects that take no further members. */
function closed(schema: unknown, pointer = ''): string[] {
  if (typeof schema !== 'object' || schema === null) return []
  const own = (schema as { additionalProperties?: unknown }).additionalProperties === false ? [pointer] : []
  return [...own, ...Object.entries(schema).flatMap(([key, member]) => closed(member, `${pointer}/${key}`))]
}

describe('defineEvent', () => {
  it('keeps what it is given, frozen', () => {
    const definition = defineEvent({ ...base, aggregate: 'Thing' })
    expect(definition).toMatchObject({ type: 'ThingHappened', aggregate: 'Thing', topic: 'things' })
    expect(Object.isFrozen(definition)).toBe(true)
  })

  it.each([
    [{ type: 'thingHappened' }, 'PascalCase'],
    [{ type: 'Th' }, 'PascalCase'],
    [{ type: 'Thing_Happened' }, 'PascalCase'],
    [{ type: `T${'h'.repeat(100)}` }, 'PascalCase'],
    [{ version: '1' }, 'major.minor'],
    [{ version: '0.1' }, 'major.minor'],
    [{ version: '1.0.0' }, 'major.minor'],
    [{ summary: ' ' }, 'summary'],
    [{ topic: '' }, 'topic'],
    [{ examples: [] }, 'example'],
    [{ personal: [{ pointer: 'id', subject: '/id' }] }, 'JSON Pointer'],
    [{ personal: [{ pointer: '/id', subject: 'id' }] }, 'JSON Pointer'],
  ])('refuses %j', (wrong, what) => {
    expect(() => defineEvent({ ...base, ...wrong })).toThrow(TypeError)
    expect(() => defineEvent({ ...base, ...wrong })).toThrow(what)
    expect(() => defineEvent({ ...base, ...wrong })).toThrow(/definition of event "/)
  })

  it('closes objects that do not say whether they take further members, at every depth', () => {
    const { payload } = defineEvent({
      ...base,
      payload: Type.Object({
        id: Type.String(),
        list: Type.Array(Type.Object({ a: Type.String() })),
        either: Type.Union([Type.Object({ b: Type.String() }), Type.String()]),
        open: Type.Object({ c: Type.Object({}) }, { additionalProperties: true }),
        map: Type.Record(Type.String(), Type.Object({ d: Type.Number() })),
      }),
      examples: [{ id: 'x', list: [], either: 'a', open: { c: {} }, map: {} }],
    })
    expect(closed(payload)).toEqual(
      expect.arrayContaining([
        '',
        '/properties/list/items',
        '/properties/either/anyOf/0',
        '/properties/open/properties/c',
      ]),
    )
    expect(closed(payload)).not.toContain('/properties/open')
    expect(closed(payload)).not.toContain('/properties/map')
    expect(closed(payload).some(pointer => pointer.startsWith('/properties/map/patternProperties/'))).toBe(
      true,
    )
  })

  it('closes members whose names are those of schema keywords', () => {
    const inner = () => Type.Object({ a: Type.String() })
    const { payload } = defineEvent({
      ...base,
      payload: Type.Object({
        default: inner(),
        const: inner(),
        enum: inner(),
        examples: inner(),
        type: inner(),
        properties: inner(),
      }),
      examples: [
        {
          default: { a: '' },
          const: { a: '' },
          enum: { a: '' },
          examples: { a: '' },
          type: { a: '' },
          properties: { a: '' },
        },
      ],
    })
    expect(closed(payload).sort()).toEqual(
      [
        '',
        ...['const', 'default', 'enum', 'examples', 'properties', 'type'].map(name => `/properties/${name}`),
      ].sort(),
    )
  })

  it('leaves data within a schema, and the schema it was given, as they are', () => {
    const given = Type.Object({ id: Type.String() }, { default: { type: 'object', properties: {} } })
    const { payload } = defineEvent({ ...base, payload: given })
    expect((payload as unknown as { default: unknown }).default).toEqual({ type: 'object', properties: {} })
    expect(closed(given)).toEqual([])
    expect(closed(payload)).toEqual([''])
  })
})
