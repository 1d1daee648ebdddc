import { describe, expect, it } from 'vitest'
import { HeadSignal } from './head-signal.ts'

const long = 600_000

/** Whether a promise is settled once everything that is ready has run. */
async function isSettled(promise: Promise<unknown>): Promise<boolean> {
  let settled = false
  void promise.then(() => {
    settled = true
  })
  await new Promise(resolve => setImmediate(resolve))
  return settled
}

describe('HeadSignal', () => {
  it('only ever rises', () => {
    const signal = new HeadSignal()
    expect(signal.head).toBe(0)
    for (const head of [3, 2, 3, 5]) signal.advance(head)
    expect(signal.head).toBe(5)
  })

  it('does not wait for what is there already', async () => {
    const signal = new HeadSignal()
    signal.advance(5)
    expect(await isSettled(signal.wait(4, long, undefined))).toBe(true)
  })

  it('wakes each one that waits once the head is beyond its position', async () => {
    const signal = new HeadSignal()
    const [near, nearToo, far] = [
      signal.wait(0, long, undefined),
      signal.wait(0, long, undefined),
      signal.wait(7, long, undefined),
    ]
    expect(await isSettled(near)).toBe(false)
    signal.advance(7)
    expect(await Promise.all([near, nearToo, far].map(isSettled))).toEqual([true, true, false])
    signal.advance(8)
    expect(await isSettled(far)).toBe(true)
  })

  it('gives up after its time', async () => {
    const signal = new HeadSignal()
    await signal.wait(0, 1, undefined)
    expect(signal.head).toBe(0)
  })

  it('ends by an abort, before or while it waits', async () => {
    const signal = new HeadSignal()
    const stop = new AbortController()
    const waiting = signal.wait(0, long, stop.signal)
    expect(await isSettled(waiting)).toBe(false)
    stop.abort()
    expect(await isSettled(waiting)).toBe(true)
    expect(await isSettled(signal.wait(0, long, stop.signal))).toBe(true)
  })

  it('ends by a close, for those who wait and those who come later', async () => {
    const signal = new HeadSignal()
    const waiting = signal.wait(9, long, undefined)
    signal.close()
    expect(signal.closed).toBe(true)
    expect(await isSettled(waiting)).toBe(true)
    expect(await isSettled(signal.wait(9, long, undefined))).toBe(true)
  })
})
