import { expect, it } from 'vitest'
import { ScopedMap } from './scoped-map.ts'

it('tells keys of different scopes apart, and counts them all', () => {
  const map = new ScopedMap<number>()
  map.add('a', 'b c', 1)
  map.add('a b', 'c', 2)
  map.add('a', 'd', 3)
  expect([map.get('a', 'b c'), map.get('a b', 'c'), map.get('a', 'c'), map.get('x', 'd')]).toEqual([
    1,
    2,
    undefined,
    undefined,
  ])
  expect([map.size, map.scopes]).toEqual([3, 2])
  map.remove('a', 'b c')
  map.remove('a', 'b c')
  map.remove('x', 'd')
  expect([map.size, map.get('a', 'b c'), map.get('a', 'd')]).toEqual([2, undefined, 3])
  map.remove('a', 'd')
  map.remove('a b', 'c')
  expect([map.size, map.scopes, map.get('a', 'd')]).toEqual([0, 0, undefined])
})
