import { describe, expect, it } from 'vitest'
import { systemClock } from '../../core/index.ts'
import { newEvent } from '../fixtures/new-event.ts'
import { MemoryLog } from '../memory/memory-log.ts'
import { GroupCommit } from './group-commit.ts'
import { HeadStart } from './head-start.ts'
import { LogAppender } from './log-appender.ts'
import { prepareAppend } from './prepare.ts'

/** Appends in rounds, each when the one before is answered; gives the sizes of the batches of each round. */
async function batchesOf(rounds: readonly number[], commitMs: number | undefined): Promise<number[][]> {
  const appender = new LogAppender(new MemoryLog(), systemClock)
  let sizes: number[] = []
  const commits = new GroupCommit(
    async batch => {
      sizes.push(batch.ids.length)
      return { ...appender.append(batch), ...(commitMs === undefined ? {} : { commitMs }) }
    },
    {},
    () => undefined,
  )
  const all: number[][] = []
  let stored = 0
  for (const callers of rounds) {
    sizes = []
    const one = () => [{ stream: 's', expected: 'any', events: [newEvent('acme')] }] as const
    const receipts = await Promise.all(
      Array.from({ length: callers }, () => commits.append(prepareAppend('acme', one()))),
    )
    // However they are divided, a tenant's appends keep their order.
    expect(receipts.map(([receipt]) => receipt?.position)).toEqual(
      Array.from({ length: callers }, (_, at) => stored + at + 1),
    )
    stored += callers
    all.push(sizes)
  }
  await commits.close()
  return all
}

describe('appends that come together', () => {
  it('share a batch where a commit takes longer than to prepare them', async () => {
    expect(await batchesOf([40, 40, 40], 1e6)).toEqual([[40], [40], [40]])
    expect(await batchesOf([40, 40, 40], undefined)).toEqual([[40], [40], [40]])
  })

  it('go in halves where a commit takes less, so that one is written while the other is prepared', async () => {
    const [, , ...later] = await batchesOf([40, 40, 40, 60, 60], 0)
    expect(later).toEqual([
      [20, 20],
      [20, 40],
      [30, 30],
    ])
  })

  it('are not divided where they are few', async () => {
    expect(await batchesOf([15, 15, 15, 15], 0)).toEqual([[15], [15], [15], [15]])
  })
})

it('a commit that is far above the others changes little', () => {
  let now = 0
  const headStart = new HeadStart(() => now)
  // Only closes a stream.
  headStart.came(0)
  now += 0.02
  headStart.endTurn(0)
  const turn = () => {
    headStart.came(100)
    now += 2
    headStart.endTurn(100)
    return headStart.isDue(50)
  }
  headStart.committed(1)
  expect(turn()).toBe(true)
  headStart.committed(1000)
  expect(turn()).toBe(true)
  for (let times = 0; times < 8; times += 1) headStart.committed(3)
  expect(turn()).toBe(false)
  for (let times = 0; times < 8; times += 1) headStart.committed(1)
  expect(turn()).toBe(true)
})
