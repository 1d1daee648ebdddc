import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Settlement } from './commit-queue.ts'
import { CommitQueue } from './commit-queue.ts'

/** A queue that notes the positions of each commit, the positions in `broken` failing. */
function queue(broken: readonly number[] = []) {
  const commits: (readonly number[])[] = []
  const commit = async (batch: readonly Settlement[]) => {
    const positions = batch.flatMap(one => one.positions)
    await turn()
    if (positions.some(position => broken.includes(position))) throw new Error(`no ${positions}`)
    commits.push(positions)
  }
  return { commits, queue: new CommitQueue(commit, { enough: 4, isOver: () => false }) }
}

const plain = (position: number): Settlement => ({ positions: [position], part: {}, isEffect: false })
const effect = (position: number): Settlement => ({ positions: [position], part: {}, isEffect: true })
const turn = () => new Promise(resolve => setImmediate(resolve))

describe('what is to be committed', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  })
  afterEach(() => {
    vi.useRealTimers()
  })

  it('waits a moment for more where it has no effect', async () => {
    const { commits, queue: own } = queue()
    const first = own.add(plain(1))
    await turn()
    const second = own.add(plain(2))
    await turn()
    expect(commits).toEqual([])
    vi.advanceTimersByTime(10)
    await Promise.all([first, second])
    expect(commits).toEqual([[1, 2]])
    await own.add({ positions: [], part: {}, isEffect: false })
    expect(commits.length).toBe(2)
  })

  it('goes at once where it has an effect, where there is enough of it, and at the end', async () => {
    const { commits, queue: own } = queue()
    await Promise.all([own.add(plain(1)), own.add(effect(2))])
    await Promise.all([3, 4, 5, 6].map(position => own.add(plain(position))))
    const last = own.add(plain(7))
    await own.idle()
    await last
    expect(commits).toEqual([[1, 2], [3, 4, 5, 6], [7]])
  })

  it('goes with the next commit where one is on its way, and is tried alone where that fails', async () => {
    const { commits, queue: own } = queue([3])
    const first = own.add(effect(1))
    await turn()
    const others = await Promise.allSettled([own.add(effect(2)), own.add(effect(3)), own.add(plain(4))])
    await first
    expect(commits).toEqual([[1], [2], [4]])
    expect(others.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
  })
})
