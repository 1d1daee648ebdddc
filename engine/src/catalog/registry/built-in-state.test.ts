import Type from 'typebox'
import { describe, expect, it } from 'vitest'
import { defineEvent } from '../../core/index.ts'
import { createCatalog } from '../catalog.ts'
import { schemaHash, toSchemaDocument } from '../frozen/schema-document.ts'
import { builtInId, builtInState } from './built-in-state.ts'
import { createRegistry } from './create-registry.ts'
import { createMemoryLog } from './fixtures/memory-log.ts'
import { requiring, testCheckers } from './fixtures/test-registry.ts'

const define = (type: string, version: string, ...names: string[]) =>
  defineEvent({
    type,
    version,
    kind: 'domain',
    topic: 'parcels',
    summary: 'A parcel was weighed.',
    producer: 'Depot',
    consumers: ['Billing'],
    payload: Type.Object(Object.fromEntries(names.map(name => [name, Type.Optional(Type.String())]))),
    examples: [{}],
  })
const older = toSchemaDocument(define('ParcelWeighed', '1.0', 'a'))
const frozen = [
  { kind: 'event', type: 'ParcelWeighed', version: '1.0', hash: schemaHash(older), document: older },
] as const
const weighed = define('ParcelWeighed', '1.1', 'a', 'b')
const { entries } = createCatalog([weighed], { frozen })

const registry = (log = createMemoryLog()) =>
  createRegistry({ log, checkers: testCheckers, isTaken: name => name === weighed.type, builtIn: entries })

describe('an event type of the product', () => {
  it('is a subject of the platform with all its versions, and nothing is stored', async () => {
    const log = createMemoryLog()
    const one = registry(log)
    for (const scope of ['acme', 'platform']) {
      expect((await one.subjects(scope, { scope: 'platform' })).items).toMatchObject([
        {
          subject: 'ParcelWeighed',
          scope: 'platform',
          version: 2,
          versions: [1, 2],
          event: { topic: 'parcels' },
        },
      ])
      const first = await one.version(scope, 'ParcelWeighed', 1)
      expect(first).toMatchObject({ schemaVersion: '1.0', hash: schemaHash(older), schemaType: 'JSON' })
      expect(first).not.toHaveProperty('registeredAt')
      expect(JSON.parse(first.schema)).toEqual(older)
      expect(await one.byId(scope, first.id)).toEqual(first)
      expect(await one.byHash(scope, first.hash)).toEqual(first)
      expect(await one.usesOf(scope, first.id)).toEqual([first])
      expect(await one.lookup(scope, 'ParcelWeighed', { schema: first.schema })).toEqual(first)
      expect(await one.compatibility(scope, 'ParcelWeighed')).toEqual({
        value: 'full_transitive',
        isOwn: true,
      })
      expect(await one.mode(scope, 'ParcelWeighed')).toEqual({ value: 'READONLY', isOwn: true })
    }
    for (const scope of ['acme', 'platform']) expect(await Array.fromAsync(log.read(scope, 0))).toEqual([])
  })

  it('can be referred to, also by an own type, and is none itself', async () => {
    const one = registry()
    await one.register('acme', 'ParcelSent', {
      schema: '{"type":"object","properties":{"w":{"$ref":"w"},"id":{"type":"string"}}}',
      references: [{ name: 'w', subject: 'ParcelWeighed', version: 1 }],
      event: { topic: 'parcels', summary: 'Sent.', producer: 'Depot', orderingKey: '/id' },
    })
    const own = one.ownTypes('acme')
    expect(own.names).toEqual(['ParcelSent'])
    expect(own.get('ParcelWeighed')).toBeUndefined()
    expect(() => own.get('ParcelSent')?.validator({ w: { a: 7 } })).toThrow('/payload/w/a')
  })

  it('changes for nobody', async () => {
    const one = registry()
    const taken = { code: 'schema_subject_taken' }
    const name = 'ParcelWeighed'
    for (const scope of ['acme', 'platform']) {
      await expect(one.register(scope, name, { schema: requiring() })).rejects.toMatchObject(taken)
      await expect(
        one.check(scope, name, { schema: requiring() }, { isRegistration: true }),
      ).rejects.toMatchObject(taken)
      await expect(one.deprecate(scope, name, { reason: 'Old.' })).rejects.toMatchObject(taken)
      await expect(one.deleteVersion(scope, name, 1)).rejects.toMatchObject(taken)
      await expect(one.deleteSubject(scope, name)).rejects.toMatchObject(taken)
      await expect(one.setCompatibility(scope, name, 'none')).rejects.toMatchObject(taken)
      await expect(one.setMode(scope, name, 'READWRITE')).rejects.toMatchObject(taken)
    }
  })

  it('has ids that come from its hashes alone, and fit into four bytes', () => {
    expect(builtInId('0'.repeat(64))).toBe(2 ** 30)
    expect(builtInId('f'.repeat(64))).toBe(2 ** 31 - 1)
    const more = createCatalog([define('AlphaAdded', '1.0'), weighed, define('ZetaAdded', '1.0')], { frozen })
    const [before, after] = [builtInState(entries), builtInState(more.entries)]
    const ids = (state: typeof before) => state.subjects.get('ParcelWeighed')?.versions.map(({ id }) => id)
    expect(ids(after)).toEqual(ids(before))
    expect(() => builtInState([...entries, ...entries])).toThrow('change the newer one')
  })
})
