import { expect, it } from 'vitest'
import { portOf } from '../../store/fixtures/port-of.ts'
import type { EventStore, RecordedEvent } from '../../store/index.ts'
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

it('finds what is behind a position without going through all that it holds', async () => {
  const store = createMemoryStore()
  const events = Array.from({ length: 1_000 }, () => sampleEvent('acme'))
  await store.append('acme', [{ stream: 's', expected: 'any', events }])
  let looks = 0
  const counted = (event: RecordedEvent) =>
    new Proxy(event, {
      get(target, name) {
        if (name === 'position') looks += 1
        return Reflect.get(target, name)
      },
    })
  const ended = Promise.withResolvers<void>()
  const singly: EventStore = {
    ...portOf(store),
    head: async () => 0,
    async *tail(scope) {
      for await (const event of store.readAll(scope)) yield [counted(event)]
    },
  }
  const hub = new LogHub(singly, { tenantId: 'every tenant' }, undefined, { now: () => 0 })
  await hub.ready()
  hub.wait({ onPage: () => false, onEnd: () => ended.resolve() })
  await ended.promise
  for (const [after, count] of [
    [999, 1],
    [997, 3],
    [0, 1_000],
    [1_000, 0],
  ] as const) {
    looks = 0
    const found = [...hub.after(after)]
    // One for each that it gives, and those by which it finds the first.
    expect(looks).toBeLessThanOrEqual(count + 11)
    expect(found.map(({ position }) => position)).toEqual(events.slice(after).map((_, at) => after + at + 1))
  }
  await hub.close()
  await store.close()
})
