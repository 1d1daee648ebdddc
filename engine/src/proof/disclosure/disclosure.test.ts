import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { JsonObject, JsonValue } from '../../core/index.ts'
import { canonicalJson } from '../../core/index.ts'
import type { HiddenField } from './hide-fields.ts'
import { hideFields } from './hide-fields.ts'
import { hiddenDigests, openBody } from './open-body.ts'
import { pointerOf } from './pointer.ts'
import { createSealer, disclosureAad, openDisclosures, sealDisclosures } from './seal.ts'

const keyOf = (kid: string) => new Uint8Array(32).fill(kid.charCodeAt(kid.length - 1))
const field = (pointer: string, kid = 'k-a'): HiddenField => ({ pointer, kid, key: keyOf(kid) })
const textsOf = ({ disclosures }: ReturnType<typeof hideFields>) => [...disclosures.values()].flat()

describe('hiding fields', () => {
  const envelope = { eventId: 'evt-1', payload: { name: 'Ada', mail: 'ada@example.com', plan: 'team' } }

  it('puts digests at their place, sorted, and the key beside them', () => {
    const { body, disclosures } = hideFields(envelope, [field('/payload/name'), field('/payload/mail')], 'e')
    const texts = disclosures.get('k-a') as readonly string[]
    const parsed = texts.map(text => JSON.parse(Buffer.from(text, 'base64url').toString()))
    const bytes = Buffer.concat([
      Buffer.from('keelson/v1 salt\n'),
      keyOf('k-a'),
      Buffer.from('e\n/payload/name'),
    ])
    const salt = createHash('sha256').update(bytes).digest()
    expect(parsed[0]).toEqual([salt.subarray(0, 16).toString('base64url'), 'name', 'Ada'])
    expect(parsed.map(([, name]) => name)).toEqual(['name', 'mail'])
    const digests = texts.map(text => createHash('sha256').update(text, 'ascii').digest('base64url'))
    expect(body).toEqual({
      eventId: 'evt-1',
      payload: { plan: 'team', _sd: digests.toSorted(), kid: 'k-a' },
    })
    expect(openBody(body, texts)).toEqual({ envelope, hidden: 0 })
  })

  it('keeps the keys of several subjects parallel to the digests', () => {
    const fields = [field('/payload/name', 'k-a'), field('/payload/mail', 'k-b')]
    const hidden = hideFields(envelope, fields, 'e')
    const { _sd, kid } = hidden.body['payload'] as { _sd: string[]; kid: string[] }
    const [first = '', second = ''] = textsOf(hidden).map(text =>
      createHash('sha256').update(text).digest('base64url'),
    )
    expect(Object.fromEntries(_sd.map((digest, at) => [digest, kid[at]]))).toEqual({
      [first]: 'k-a',
      [second]: 'k-b',
    })
    // One subject's fields without the other's.
    const partly = openBody(hidden.body, hidden.disclosures.get('k-b') ?? [])
    expect(partly).toEqual({
      envelope: {
        eventId: 'evt-1',
        payload: { mail: 'ada@example.com', plan: 'team', _sd: [first], kid: 'k-a' },
      },
      hidden: 1,
    })
    expect(openBody(partly.envelope, hidden.disclosures.get('k-a') ?? [])).toEqual({ envelope, hidden: 0 })
  })

  it('hides an own member kid too, under the first key of its object', () => {
    const own = { payload: { a: 1, b: 2, kid: { deep: true } } }
    const hidden = hideFields(own, [field('/payload/b', 'k-b'), field('/payload/a', 'k-a')], 'e')
    expect([...hidden.disclosures].map(([kid, texts]) => [kid, texts.length])).toEqual([
      ['k-b', 2],
      ['k-a', 1],
    ])
    expect(openBody(hidden.body, textsOf(hidden))).toEqual({ envelope: own, hidden: 0 })
    // Its name is taken as long as something stays closed.
    const partly = openBody(hidden.body, hidden.disclosures.get('k-b') ?? [])
    expect(partly.hidden).toBe(2)
    expect(openBody(partly.envelope, textsOf(hidden))).toEqual({ envelope: own, hidden: 0 })
  })

  it('passes over what is not there, and takes what is inside as a part of the outer', () => {
    const deep = { payload: { list: [{ name: 'x' }, { name: 'y' }], plan: 1 } }
    const fields = [
      '/payload/list/1/name',
      '/payload/none',
      '/payload/list/7/name',
      '/payload/plan/deeper',
    ].map(at => field(at))
    const hidden = hideFields(deep, fields, 'e')
    expect(textsOf(hidden)).toHaveLength(1)
    expect(openBody(hidden.body, textsOf(hidden)).envelope).toEqual(deep)
    const outer = hideFields(deep, [field('/payload/list/1/name'), field('/payload/list')], 'e')
    expect(textsOf(outer)).toHaveLength(1)
    expect(outer.body).toEqual({
      payload: { plan: 1, _sd: [expect.stringMatching(/^[\w-]{43}$/)], kid: 'k-a' },
    })
  })

  it('refuses a member _sd anywhere, items of lists and the whole', () => {
    const reserved = { payload: [{ deep: { _sd: 1 } }] }
    expect(() => hideFields(reserved, [], 'e')).toThrow(
      expect.objectContaining({ code: 'sealed_member_reserved' }),
    )
    expect(() => hideFields({ payload: [1] }, [field('/payload/0')], 'e')).toThrow(TypeError)
    expect(() => hideFields({ payload: 1 }, [field('')], 'e')).toThrow(TypeError)
  })

  it('opens to the same envelope, has the same bytes again, and leaves no value in the body', () => {
    fc.assert(
      fc.property(marked, fc.array(fc.nat(), { maxLength: 8 }), fc.uuid(), (value, picks, eventId) => {
        const root = { eventId, payload: value }
        const places = memberPlaces(root.payload, ['payload'])
        const fields = picks.map((pick, at) =>
          field(pointerOf(places[pick % places.length] as string[]), `k-${'abc'[at % 3]}`),
        )
        const hidden = hideFields(root, fields, eventId)
        const texts = textsOf(hidden)
        expect(openBody(hidden.body, texts)).toEqual({ envelope: root, hidden: 0 })
        expect(hiddenDigests(hidden.body)).toHaveLength(texts.length)
        expect(openBody(hidden.body, []).hidden).toBe(texts.length)
        const again = hideFields(structuredClone(root), fields, eventId)
        expect(canonicalJson(again.body)).toBe(canonicalJson(hidden.body))
        expect(textsOf(again)).toEqual(texts)
        const text = canonicalJson(hidden.body)
        for (const { pointer } of fields)
          for (const mark of marksOf(root, pointer)) expect(text).not.toContain(mark)
      }),
      { numRuns: 500 },
    )
  })
})

/** Objects with names that need escapes, lists, own members `kid`, and texts that are found again. */
let count = 0
const marked: fc.Arbitrary<JsonObject> = fc.letrec<{ value: JsonValue; object: JsonObject }>(tie => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.constant(null).map(() => `mark-${++count};`),
    fc.constant(null),
    fc.integer(),
    fc.array(tie('value'), { maxLength: 3 }),
    tie('object'),
  ),
  object: fc.dictionary(
    fc.constantFrom('a', 'b', 'kid', 'a/b', '~', '~1', '', '0', 'é😀', 'payload'),
    tie('value'),
    { minKeys: 1, maxKeys: 4 },
  ),
})).object

function memberPlaces(value: JsonValue, at: string[]): string[][] {
  if (typeof value !== 'object' || value === null) return [at]
  const inside = Object.entries(value).flatMap(([name, member]) => memberPlaces(member, [...at, name]))
  const own = Array.isArray(value) ? [] : Object.keys(value).map(name => [...at, name])
  // An item of a list is no member.
  return [at, ...own, ...inside].filter(place => !isItem(value, at, place))
}

const isItem = (value: JsonValue, at: string[], place: string[]): boolean =>
  Array.isArray(value) && place.length === at.length + 1

function marksOf(root: JsonValue, pointer: string): string[] {
  const tokens = pointer
    .split('/')
    .slice(1)
    .map(token => token.replaceAll('~1', '/').replaceAll('~0', '~'))
  const value = tokens.reduce<JsonValue>((at, token) => (at as JsonObject)[token] as JsonValue, root)
  return JSON.stringify(value).match(/mark-\d+;/g) ?? []
}

describe('opening a body', () => {
  const { body, disclosures } = hideFields({ a: { b: 1, c: 2 } }, [field('/a/b')], 'e')
  const [text = ''] = disclosures.get('k-a') ?? []

  it('passes over what does not belong to it', () => {
    const other = hideFields({ a: { b: 3 } }, [field('/a/b')], 'f').disclosures.get('k-a') ?? []
    const altered = `${text.slice(0, -1)}${text.endsWith('A') ? 'B' : 'A'}`
    expect(openBody(body, [...other, altered, '', 'not base64!'])).toEqual({ envelope: body, hidden: 1 })
  })

  it('never overwrites what the body has', () => {
    const taken = { a: { ...(body['a'] as JsonObject), b: 'mine' } }
    expect(openBody(taken, [text])).toEqual({ envelope: taken, hidden: 1 })
  })

  it('knows digests that are not written as they should be', () => {
    const [digest = ''] = (body['a'] as { _sd: string[] })._sd
    const wrong: JsonValue[] = [
      { _sd: [] },
      { _sd: digest, kid: 'k' },
      { _sd: [digest] },
      { _sd: [digest, digest], kid: 'k' },
      { _sd: ['b', 'a'], kid: 'k' },
      { _sd: [digest], kid: ['k', 'k'] },
      { _sd: [1], kid: 'k' },
    ]
    for (const one of wrong) {
      expect(hiddenDigests({ deep: [one] })).toBe(undefined)
      expect(openBody(one as JsonObject, [text]).envelope).toEqual(one)
    }
  })
})

describe('sealed disclosures', () => {
  const key = keyOf('k-a')
  const aad = disclosureAad('acme', 7, 'k-a')

  it('open under their key at their place only', () => {
    const sealed = sealDisclosures(key, aad, ['one', 'two'])
    expect(aad).toBe('acme|main|7|k-a')
    expect(openDisclosures(key, aad, sealed)).toEqual(['one', 'two'])
    expect(sealDisclosures(key, aad, ['one', 'two'])).not.toEqual(sealed)
    const wrong = expect.objectContaining({ code: 'sealed_damaged' })
    expect(() => openDisclosures(keyOf('k-b'), aad, sealed)).toThrow(wrong)
    expect(() => openDisclosures(key, disclosureAad('acme', 8, 'k-a'), sealed)).toThrow(wrong)
    for (let at = 0; at <= sealed.length; at += 1)
      expect(() => openDisclosures(key, aad, sealed.subarray(0, at - 1))).toThrow(wrong)
    for (let at = 0; at < sealed.length; at += 1) {
      const altered = Uint8Array.from(sealed)
      altered[at] = (altered[at] as number) ^ 1
      expect(() => openDisclosures(key, aad, altered)).toThrow(wrong)
    }
  })

  it('of one sealer have each an iv of their own, and leave what was given before as it was', () => {
    const seal = createSealer()
    // More than one draw of randomness gives.
    const all = Array.from({ length: 1_000 }, (_, at) => seal(key, aad, [`disclosure ${at}`]))
    expect(new Set(all.map(one => Buffer.from(one.subarray(0, 12)).toString('hex'))).size).toBe(all.length)
    for (const [at, sealed] of all.entries())
      expect(openDisclosures(key, aad, sealed)).toEqual([`disclosure ${at}`])
  })
})
