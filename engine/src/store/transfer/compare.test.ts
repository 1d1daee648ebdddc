import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Difference } from './compare.ts'
import { compareTable } from './compare.ts'
import type { StoreReader } from './port.ts'
import type { LinkRow } from './rows.ts'
import { compareRows } from './table-order.ts'

const sorted = (rows: readonly LinkRow[]) => [...rows].sort((a, b) => compareRows('link', a, b))

/** Rows in their order, in pages of this size. */
function readerOf(rows: readonly LinkRow[], pageSize: number): StoreReader {
  async function* scan() {
    for (let at = 0; at < rows.length; at += pageSize) yield rows.slice(at, at + pageSize)
  }
  return { scan } as Partial<StoreReader> as StoreReader
}

async function compare(a: readonly LinkRow[], b: readonly LinkRow[], pageSize: number) {
  return Array.fromAsync(compareTable('link', 0, readerOf(a, pageSize), readerOf(b, pageSize)))
}

const keyOf = ({ position, link }: LinkRow) => `${position} ${link}`

const anyRows = fc
  .uniqueArray(
    fc.record({
      position: fc.integer({ min: 1, max: 9 }),
      tenant: fc.integer({ min: 1, max: 2 }),
      link: fc.constantFrom('a', 'b', 'é', '～', '🚢'),
    }),
    { selector: keyOf, maxLength: 40 },
  )
  .map(sorted)

describe('a comparison of two tables', () => {
  it('gives what makes the second like the first, whatever they hold and however it comes', async () => {
    await fc.assert(
      fc.asyncProperty(anyRows, anyRows, fc.integer({ min: 1, max: 9 }), async (source, target, pageSize) => {
        const parts = await compare(source, target, pageSize)
        const mended = new Map(target.map(row => [keyOf(row), row]))
        for (const { missing, surplus } of parts) {
          for (const row of surplus) mended.delete(keyOf(row))
          for (const row of missing) mended.set(keyOf(row), row)
        }
        expect(sorted([...mended.values()])).toEqual(source)
        expect((parts.at(-1) as Difference<'link'>).compared).toBe(source.length)
        expect(
          (await compare(source, source, pageSize)).flatMap(part => [...part.missing, ...part.surplus]),
        ).toEqual([])
      }),
      { numRuns: 300 },
    )
  })

  it('holds a bounded part of what differs at a time', async () => {
    const rows = Array.from({ length: 5_000 }, (_, at) => ({ position: at + 1, tenant: 1, link: 'a' }))
    const last = [{ position: 9_999, tenant: 1, link: 'a' }]
    const parts = await compare(last, rows, 700)
    expect(parts.reduce((sum, { surplus }) => sum + surplus.length, 0)).toBe(5_000)
    expect(Math.max(...parts.map(({ surplus }) => surplus.length))).toBeLessThanOrEqual(1_000)
  })
})
