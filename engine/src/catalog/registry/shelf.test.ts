import fc from 'fast-check'
import { expect, it } from 'vitest'
import { Shelf } from './shelf.ts'

it('holds what a map holds, and leaves what it was made from as it was', () => {
  const step = fc.record({
    key: fc.constantFrom('a', 'b', 'c', 'constructor', '', 'é'),
    value: fc.option(fc.nat()),
  })
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), steps => {
      const map = new Map<string, number>()
      let shelf = Shelf.empty<number>()
      const seen: { shelf: Shelf<number>; entries: number[] }[] = []
      for (const { key, value } of steps) {
        if (value === null) map.delete(key)
        else map.set(key, value)
        shelf = value === null ? shelf.without(key) : shelf.with(key, value)
        seen.push({ shelf, entries: [...map.values()].sort() })
        expect(shelf.get(key)).toBe(map.get(key))
        expect(shelf.size).toBe(map.size)
      }
      for (const { shelf: then, entries } of seen) expect([...then.values()].sort()).toEqual(entries)
    }),
  )
})
