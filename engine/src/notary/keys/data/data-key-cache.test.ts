import { randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'
import { DataKeyCache } from './data-key-cache.ts'

const newKey = (kid: string) => ({ kid, key: Uint8Array.from(randomBytes(32)) })

test('holds copies, by kid and by name, and gives copies', () => {
  const cache = new DataKeyCache(10)
  const given = newKey('k-1')
  const copy = given.key.slice()
  cache.put('acme', given, cache.begin('acme'), 'ann')
  given.key.fill(0)
  cache.byName('ann')?.key.fill(0)
  cache.byKid('acme', 'k-1')?.fill(0)
  expect(cache.byName('ann')).toEqual({ kid: 'k-1', key: copy })
  expect(cache.byKid('acme', 'k-1')).toEqual(copy)
  expect(cache.byKid('other', 'k-1')).toBeUndefined()
})

test('lets go of what was used longest ago', () => {
  const cache = new DataKeyCache(2)
  for (const kid of ['k-1', 'k-2']) cache.put('acme', newKey(kid), cache.begin('acme'), `of ${kid}`)
  cache.byName('of k-1')
  cache.put('other', newKey('k-3'), cache.begin('other'))
  expect(cache.byKid('acme', 'k-2')).toBeUndefined()
  expect(cache.byName('of k-2')).toBeUndefined()
  expect(cache.byName('of k-1')?.kid).toBe('k-1')
  expect(cache.byKid('other', 'k-3')).toHaveLength(32)
})

test('does not take what was read before keys of the tenant were dropped', () => {
  const cache = new DataKeyCache(10)
  const drops = [() => cache.drop('acme', ['k-1']), () => cache.dropTenant('acme'), () => cache.clear()]
  for (const drop of drops) {
    const reading = cache.begin('acme')
    const others = cache.begin('other')
    cache.put('acme', newKey('k-1'), reading, 'ann')
    drop()
    expect(cache.byName('ann')).toBeUndefined()
    cache.put('acme', newKey('k-1'), reading, 'ann')
    expect(cache.byKid('acme', 'k-1')).toBeUndefined()
    cache.put('acme', newKey('k-2'), cache.begin('acme'))
    expect(cache.byKid('acme', 'k-2')).toHaveLength(32)
    cache.put('other', newKey('k-1'), others)
    expect(cache.byKid('other', 'k-1') === undefined).toBe(drop === drops[2])
  }
})

test('a name leads to the key that it was given last', () => {
  const cache = new DataKeyCache(10)
  for (const kid of ['k-1', 'k-2']) cache.put('acme', newKey(kid), cache.begin('acme'), 'ann')
  cache.drop('acme', ['k-1'])
  expect(cache.byName('ann')?.kid).toBe('k-2')
})
