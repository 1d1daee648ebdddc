import { describe, expect, it } from 'vitest'
import { Gate } from './gate.ts'

/** Works that end when they are told to, in the order in which they began. */
function works() {
  const began: number[] = []
  const ends: (() => void)[] = []
  const work = (name: number) => () =>
    new Promise<number>(resolve => {
      began.push(name)
      ends.push(() => resolve(name))
    })
  return { began, ends, work }
}

/** A turn of the event loop, in which everything that can go on does. */
const turn = () => new Promise<void>(resolve => setImmediate(resolve))

describe('a gate', () => {
  it('lets so many through at a time, and the others in order', async () => {
    const gate = new Gate(2)
    const { began, ends, work } = works()
    const all = [1, 2, 3, 4].map(name => gate.run(work(name)))
    await turn()
    expect(began).toEqual([1, 2])
    ends[1]?.()
    await turn()
    expect(began).toEqual([1, 2, 3])
    ends[0]?.()
    await turn()
    expect(began).toEqual([1, 2, 3, 4])
    for (const end of ends) end()
    expect(await Promise.all(all)).toEqual([1, 2, 3, 4])
  })

  it('opens again after a failure', async () => {
    const gate = new Gate(1)
    const failed = gate.run(() => Promise.reject(new Error('no')))
    const next = gate.run(async () => 'done')
    await expect(failed).rejects.toThrow('no')
    expect(await next).toBe('done')
    expect(await gate.run(async () => 'again')).toBe('again')
  })

  it('lets nobody in between who comes as a place goes over', async () => {
    const gate = new Gate(1)
    const { began, ends, work } = works()
    const first = gate.run(work(1))
    const second = gate.run(work(2))
    await turn()
    ends[0]?.()
    await first
    const third = gate.run(work(3))
    await turn()
    expect(began).toEqual([1, 2])
    ends[1]?.()
    await second
    await turn()
    expect(began).toEqual([1, 2, 3])
    ends[2]?.()
    expect(await third).toBe(3)
  })
})
