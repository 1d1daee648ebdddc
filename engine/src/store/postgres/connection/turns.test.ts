import { describe, expect, it } from 'vitest'
import { Turns } from './turns.ts'

/** Work that ends when it is told to, and what has been started. */
function works() {
  const started: string[] = []
  const ends = new Map<string, () => void>()
  const work = (name: string) => () =>
    new Promise<string>(resolve => {
      started.push(name)
      ends.set(name, () => resolve(name))
    })
  return { started, work, end: (name: string) => ends.get(name)?.() }
}

const turns = () => new Turns({ maxReads: 3, maxReadsOfTenant: 2, maxWaiting: 2 })
const settled = () => new Promise(resolve => setImmediate(resolve))

describe('Turns', () => {
  it('lets tenants take turns, and the platform go first', async () => {
    const { started, work, end } = works()
    const one = turns()
    const all = [
      ...['a1', 'a2', 'a3', 'a4'].map(name => one.take('a', work(name))),
      ...['b1', 'b2'].map(name => one.take('b', work(name))),
      one.take(undefined, work('own')),
    ]
    await settled()
    expect(started).toEqual(['a1', 'a2', 'b1'])
    end('a1')
    await settled()
    end('b1')
    await settled()
    expect(started.slice(3)).toEqual(['own', 'a3'])
    for (const name of ['a2', 'own', 'a3', 'a4', 'b2', 'a4', 'b2']) {
      end(name)
      await settled()
    }
    expect(await Promise.all(all)).toHaveLength(7)
  })

  it('refuses a tenant that waits for too much, and lets a waiting one give up', async () => {
    const { work, end } = works()
    const one = turns()
    const stop = new AbortController()
    const running = ['a1', 'a2'].map(name => one.take('a', work(name)))
    const waiting = one.take('a', work('a3'), stop.signal)
    const last = one.take('a', work('a4'))
    await expect(one.take('a', work('a5'))).rejects.toMatchObject({ code: 'store_busy' })
    stop.abort(new Error('enough'))
    await expect(waiting).rejects.toThrow('enough')
    for (const name of ['a1', 'a2', 'a4']) {
      end(name)
      await settled()
    }
    expect(await Promise.all([...running, last])).toEqual(['a1', 'a2', 'a4'])
  })

  it('turns what the work throws into an error of the table, and goes on', async () => {
    const one = turns()
    const failing = () => Promise.reject(Object.assign(new Error('gone'), { code: '57P01' }))
    for (let round = 0; round < 5; round += 1)
      await expect(one.take('a', failing)).rejects.toMatchObject({ code: 'store_unreachable' })
  })

  it('closes when those who work are done, and refuses the others', async () => {
    const { work, end } = works()
    const one = new Turns({ maxReads: 1, maxReadsOfTenant: 1, maxWaiting: 2 })
    const running = one.take(undefined, work('own'))
    const waiting = expect(one.take('a', work('a1'))).rejects.toMatchObject({ code: 'store_closed' })
    const closing = one.close()
    await waiting
    await expect(one.take(undefined, work('late'))).rejects.toMatchObject({ code: 'store_closed' })
    end('own')
    expect(await running).toBe('own')
    await closing
  })
})
