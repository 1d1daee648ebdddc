import { describe, expect, it } from 'vitest'
import { portOf } from '../../store/fixtures/port-of.ts'
import type { EventStore } from '../../store/index.ts'
import { createMemoryStore } from '../../store/memory/index.ts'
import { sampleEvent } from '../../testing/index.ts'
import { Portions } from './portions.ts'

const everyone = { tenantId: 'every tenant' } as const
const from = (after: number) => ({ after, filter: undefined, seen: 0 })

/** Portions of a log of so many events; `reads` says where it was read from, `fail` lets the next read fail. */
async function portionsOf(count: number) {
  const store = createMemoryStore()
  const events = Array.from({ length: count }, () => sampleEvent('acme'))
  await store.append('acme', [{ stream: 's', expected: 'any', events }])
  const port = portOf(store)
  const found = { reads: [] as (number | undefined)[], now: 0, isAway: false }
  const counted: EventStore = {
    ...port,
    readAll: (scope, options) => {
      found.reads.push(options?.after)
      if (found.isAway) throw new Error('away')
      return port.readAll(scope, options)
    },
  }
  return { found, portions: new Portions(counted, () => found.now) }
}

describe('portions of the log', () => {
  it('are read once for all that come to the same place, for a second', async () => {
    const { found, portions } = await portionsOf(1_500)
    const [one, two] = await Promise.all([
      portions.read(everyone, { ...from(0), seen: 7 }),
      portions.read(everyone, { ...from(0), seen: 9 }),
    ])
    found.now = 1_000
    const three = await portions.read(everyone, from(0))
    expect(one.events.map(({ position }) => position)).toEqual(
      Array.from({ length: 1_000 }, (_, at) => at + 1),
    )
    // What was known before the read began, not what a later one knew.
    expect([one.isAll, one.seen, two === one, three === one]).toEqual([false, 7, true, true])
    expect(found.reads).toEqual([0])
    found.now = 1_001
    expect(await portions.read(everyone, from(0))).not.toBe(one)
    expect(found.reads).toEqual([0, 0])
  })

  it('are others for another place, tenant or filter', async () => {
    const { found, portions } = await portionsOf(1_500)
    await portions.read(everyone, from(0))
    await portions.read({ tenantId: 'zeta' }, from(0))
    const { events } = await portions.read(everyone, { ...from(0), filter: { types: ['Nothing'] } })
    expect(events).toEqual([])
    await portions.read(everyone, from(1))
    expect(found.reads).toEqual([0, 0, 0, 1])
  })

  it('are not kept where they reach the end of the log, or could not be read', async () => {
    const { found, portions } = await portionsOf(3)
    expect((await portions.read(everyone, from(0))).isAll).toBe(true)
    found.isAway = true
    await expect(portions.read(everyone, from(0))).rejects.toThrow('away')
    found.isAway = false
    expect((await portions.read(everyone, from(0))).events).toHaveLength(3)
    expect(found.reads).toEqual([0, 0, 0])
  })

  it('are kept three at a time', async () => {
    const { found, portions } = await portionsOf(2_000)
    for (const after of [0, 1, 2, 3, 1, 0]) await portions.read(everyone, from(after))
    expect(found.reads).toEqual([0, 1, 2, 3, 0])
  })
})
