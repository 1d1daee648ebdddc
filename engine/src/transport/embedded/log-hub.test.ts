import { expect, it } from 'vitest'
import { createMemoryStore } from '../../store/memory/index.ts'
import { sampleEvent } from '../../testing/index.ts'
import { LogHub } from './log-hub.ts'

it('gives what it has read for a second: whatever is removed from the log then is read as it stands', async () => {
  const [store, clock] = [createMemoryStore(), { time: 0 }]
  const hub = new LogHub(store, { tenantId: 'every tenant' }, undefined, { now: () => clock.time })
  await hub.ready()
  const append = async () => {
    const told = Promise.withResolvers<void>()
    const onPage = () => {
      told.resolve()
      return true
    }
    hub.wait({ onPage, onEnd: () => undefined })
    await store.append('acme', [{ stream: 's', expected: 'any', events: [sampleEvent('acme')] }])
    await told.promise
  }
  const held = (after: number) => [...hub.after(after)].map(({ position }) => position)
  await append()
  clock.time = 1_000
  await append()
  expect([hub.covers(0), held(0)]).toEqual([true, [1, 2]])
  clock.time = 1_001
  expect([hub.covers(0), hub.covers(1), held(1)]).toEqual([false, true, [2]])
  clock.time = 2_001
  expect([hub.covers(1), hub.covers(2), held(0)]).toEqual([false, true, []])
  await append()
  expect([hub.covers(2), held(2)]).toEqual([true, [3]])
  await hub.close()
  await store.close()
})
