import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { jsonObject } from '../../../core/fixtures/arbitraries.ts'
import type { JsonObject, JsonValue } from '../../../core/index.ts'
import { redactBody } from './redact-body.ts'

const body = {
  eventId: 'e',
  payload: {
    a: 1,
    list: ['x', 'y', 'z'],
    'a/b': { '~c': 2 },
    sealed: { _sd: ['d'], kid: 'k-1', open: true },
  },
  metadata: { user: 'u', tags: [] },
}

/** Pointers to all members and items under a place. */
function pointersIn(value: JsonValue, base: string): string[] {
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([name, member]) => {
    const pointer = `${base}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`
    return [pointer, ...pointersIn(member, pointer)]
  })
}

describe('a redacted body', () => {
  it('lacks what stood at the places, items of one list too', () => {
    const pointers = ['/payload/list/0', '/payload/a~1b/~0c', '/payload/list/2', '/metadata/user']
    const { body: redacted, removed } = redactBody(body, pointers)
    expect(redacted).toEqual({
      ...body,
      payload: { ...body.payload, list: ['y'], 'a/b': {} },
      metadata: { tags: [] },
    })
    expect(removed).toEqual([
      { pointer: '/metadata/user', value: 'u' },
      { pointer: '/payload/a~1b/~0c', value: 2 },
      { pointer: '/payload/list/0', value: 'x' },
      { pointer: '/payload/list/2', value: 'z' },
    ])
  })

  it('counts a place under another one as part of it, and none twice', () => {
    const { removed } = redactBody(body, ['/payload/list/1', '/payload/list', '/payload/list'])
    expect(removed).toEqual([{ pointer: '/payload/list', value: ['x', 'y', 'z'] }])
  })

  it('may lack what stands open beside sealed fields', () => {
    expect(redactBody(body, ['/payload/sealed/open']).body['payload']).toMatchObject({
      sealed: { _sd: ['d'], kid: 'k-1' },
    })
  })

  it.each([
    [[]],
    [['/payload']],
    [['/eventId']],
    [['payload/a']],
    [['/payload/b']],
    [['/payload/list/3']],
    [['/payload/list/01']],
    [['/payload/list/-']],
    [['/payload/list/length']],
    [['/payload/a/x']],
    [['/payload/~2']],
    [['/payload/sealed']],
    [['/payload/sealed/_sd']],
    [['/payload/sealed/_sd/0']],
    [['/payload/sealed/kid']],
    [['/payload/constructor']],
    [['/payload/__proto__/x']],
    [[7 as unknown as string]],
    [Array.from({ length: 101 }, () => '/payload/a')],
  ])('is refused at %j', pointers => {
    expect(() => redactBody(body, pointers)).toThrow(expect.objectContaining({ code: 'request_invalid' }))
  })

  it('is the body with the rest untouched, whatever it holds', () => {
    const cases = jsonObject().chain(payload => {
      const pointers = pointersIn(payload, '/payload')
      return fc.tuple(
        fc.constant(payload),
        pointers.length === 0
          ? fc.constant([])
          : fc.shuffledSubarray(pointers, { minLength: 1 }).map(some => some.slice(0, 5)),
      )
    })
    fc.assert(
      fc.property(cases, ([payload, pointers]) => {
        fc.pre(pointers.length > 0 && !JSON.stringify(payload).includes('"_sd"'))
        const before = structuredClone(payload)
        const { body: redacted, removed } = redactBody({ payload }, pointers)
        expect(payload).toEqual(before)
        expect(removed.length).toBeGreaterThan(0)
        const count = (value: JsonValue): number => pointersIn(value, '').length
        const taken = removed.reduce((sum, { value }) => sum + 1 + count(value), 0)
        expect(count(redacted['payload'] as JsonObject) + taken).toBe(count(payload))
      }),
      { numRuns: 200 },
    )
  })
})
