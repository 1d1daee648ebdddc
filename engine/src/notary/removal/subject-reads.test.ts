import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { RecordedEvent } from '../../store/index.ts'
import { keyGroups, mergeReads } from './subject-reads.ts'

async function* read(positions: readonly number[]): AsyncGenerator<RecordedEvent> {
  for (const position of positions) yield { position } as RecordedEvent
}

describe('reads by many keys', () => {
  it('are merged in the order of the log, each event once', async () => {
    const positions = fc.uniqueArray(fc.nat(50)).map(some => some.sort((a, b) => a - b))
    await fc.assert(
      fc.asyncProperty(fc.array(positions, { maxLength: 5 }), async lists => {
        const merged: number[] = []
        for await (const { position } of mergeReads(lists.map(read))) merged.push(position)
        expect(merged).toEqual([...new Set(lists.flat())].sort((a, b) => a - b))
      }),
    )
  })

  it('take at most thirty keys each', () => {
    const kids = Array.from({ length: 61 }, (_, index) => `k-${index}`)
    const groups = keyGroups(kids)
    expect(groups.map(({ length }) => length)).toEqual([30, 30, 1])
    expect(groups.flat()).toEqual(kids)
    expect(keyGroups([])).toEqual([])
  })
})
