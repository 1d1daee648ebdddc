import fc from 'fast-check'
import { expect, it } from 'vitest'
import { DueHeap } from './due-heap.ts'

it('gives what is due in order of its time, and of its coming where that is the same', () => {
  const step = fc.record({
    dueAt: fc.integer({ min: 0, max: 30 }),
    takeUntil: fc.integer({ min: -10, max: 30 }),
  })
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200, size: 'max' }), steps => {
      const heap = new DueHeap<number>()
      let model: { item: number; dueAt: number }[] = []
      for (const [item, { dueAt, takeUntil }] of steps.entries()) {
        heap.add(item, dueAt)
        model = [...model, { item, dueAt }].toSorted((a, b) => a.dueAt - b.dueAt || a.item - b.item)
        expect(heap.dueAt).toBe(model[0]?.dueAt)
        const first = model[0] as { item: number; dueAt: number }
        const isDue = first.dueAt <= takeUntil
        expect(heap.takeDue(takeUntil)).toBe(isDue ? first.item : undefined)
        if (isDue) model.shift()
      }
      for (const { item } of model) expect(heap.takeDue(Number.POSITIVE_INFINITY)).toBe(item)
      expect([heap.dueAt, heap.takeDue(Number.POSITIVE_INFINITY)]).toEqual([undefined, undefined])
    }),
  )
})
