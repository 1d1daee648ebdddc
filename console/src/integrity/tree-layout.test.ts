import { expect, it } from 'vitest'
import { treeLayout } from './tree-layout.ts'

it('puts the root in the middle above the trees, which stay inside the picture', () => {
  for (const size of [1, 2, 3, 7, 8, 331, 10_000, 2 ** 20 - 1]) {
    const { shapes, root, width } = treeLayout(size, { width: 520, base: 148, top: 22 })
    const [first, last] = [shapes[0], shapes.at(-1)]
    if (!first || !last) throw new Error('No tree')
    const left = first.x - first.width / 2
    const right = last.x + last.width / 2
    expect(root.x, `root of ${size}`).toBeCloseTo((left + right) / 2, 9)
    expect(left).toBeGreaterThanOrEqual(0)
    expect(right).toBeLessThanOrEqual(width)
    expect(width).toBeLessThanOrEqual(520)
  }
})

it('draws nothing but a root of an empty log', () => {
  expect(treeLayout(0, { width: 520, base: 148, top: 22 })).toMatchObject({ width: 0, root: { x: 0 } })
})
