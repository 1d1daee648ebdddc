import { getEventListeners } from 'node:events'
import { describe, expect, it } from 'vitest'
import { Bulkhead } from './bulkhead.ts'

/** A clock to be turned by hand, and calls that end when they are told to. */
function setUp(options: { concurrency: number; maxWaiting?: number }) {
  const clock = { time: 0, now: () => clock.time }
  const bulkhead = new Bulkhead(options, clock)
  const started: string[] = []
  const call = (name: string, label: string, signal?: AbortSignal) => {
    const { promise, resolve, reject } = Promise.withResolvers<string>()
    const task = () => {
      started.push(label)
      return promise
    }
    const result = bulkhead.run(name, task, signal === undefined ? {} : { signal })
    result.catch(() => undefined)
    return { result, end: () => resolve(label), fail: () => reject(new Error(label)) }
  }
  return { bulkhead, clock, started, call }
}

const settled = () => new Promise(resolve => setImmediate(resolve))

describe('a bulkhead', () => {
  it('runs so many calls of a name, and the next ones in their order', async () => {
    const { bulkhead, started, call } = setUp({ concurrency: 2, maxWaiting: 2 })
    const calls = ['1', '2', '3', '4'].map(label => call('mail', label))
    await settled()
    expect(started).toEqual(['1', '2'])
    expect(bulkhead.load('mail')).toEqual({ running: 2, waiting: 2 })
    calls[1]?.end()
    expect(await calls[1]?.result).toBe('2')
    await settled()
    expect(started).toEqual(['1', '2', '3'])
    calls[0]?.fail()
    await expect(calls[0]?.result).rejects.toThrow('1')
    await settled()
    expect(started).toEqual(['1', '2', '3', '4'])
    for (const one of calls) one.end()
    await calls[3]?.result
    await calls[2]?.result
    expect(bulkhead.names).toBe(0)
  })

  it('refuses what there is no room for, and says when there will be', async () => {
    const { clock, call } = setUp({ concurrency: 1, maxWaiting: 1 })
    const first = call('mail', '1')
    const second = call('mail', '2')
    await expect(call('mail', '3').result).rejects.toMatchObject({
      code: 'bulkhead_full',
      retryable: true,
      details: { name: 'mail', retryAfterSeconds: 1 },
    })
    await settled()
    clock.time = 30_000
    first.end()
    await first.result
    await settled()
    const third = call('mail', '3')
    await expect(call('mail', '4').result).rejects.toMatchObject({ details: { retryAfterSeconds: 60 } })
    second.end()
    third.end()
    await third.result
  })

  it('keeps names apart', async () => {
    const { started, call } = setUp({ concurrency: 1 })
    const calls = [call('mail', 'a'), call('sms', 'b')]
    await settled()
    expect(started).toEqual(['a', 'b'])
    await expect(call('mail', 'c').result).rejects.toMatchObject({ code: 'bulkhead_full' })
    for (const one of calls) one.end()
    await Promise.all(calls.map(({ result }) => result))
  })

  it('lets a call that waits be given up, which frees its place', async () => {
    const { bulkhead, started, call } = setUp({ concurrency: 1, maxWaiting: 1 })
    const stop = new AbortController()
    const first = call('mail', '1')
    const second = call('mail', '2', stop.signal)
    await settled()
    stop.abort(new Error('no longer wanted'))
    await expect(second.result).rejects.toThrow('no longer wanted')
    expect(bulkhead.load('mail')).toEqual({ running: 1, waiting: 0 })
    await expect(call('mail', '3', stop.signal).result).rejects.toThrow('no longer wanted')
    const fourth = call('mail', '4')
    first.end()
    await settled()
    expect(started).toEqual(['1', '4'])
    fourth.end()
    await fourth.result
    expect(bulkhead.names).toBe(0)
  })

  it('leaves nothing on a signal that outlives the call', async () => {
    const { call } = setUp({ concurrency: 1, maxWaiting: 1 })
    const { signal } = new AbortController()
    const calls = [call('mail', '1', signal), call('mail', '2', signal)]
    await settled()
    expect(getEventListeners(signal, 'abort')).toHaveLength(1)
    for (const one of calls) one.end()
    await calls[1]?.result
    expect(getEventListeners(signal, 'abort')).toHaveLength(0)
  })

  it('frees the place of a task that throws before it waits for anything', async () => {
    const { bulkhead } = setUp({ concurrency: 1 })
    const fails = () => {
      throw new Error('at once')
    }
    await expect(bulkhead.run('mail', fails)).rejects.toThrow('at once')
    expect(await bulkhead.run('mail', () => Promise.resolve(7))).toBe(7)
    expect(bulkhead.names).toBe(0)
  })

  it('refuses options that make no sense', () => {
    expect(() => new Bulkhead({ concurrency: 0, maxWaiting: -1 }, { now: () => 0 })).toThrow(
      /concurrency must be .*maxWaiting must be/,
    )
  })
})
