import { canonicalJson } from '../../core/index.ts'
import type { EventStore, ReadOptions } from '../../store/index.ts'
import type { ContractCase } from '../contract-case.ts'
import { expectEqual, expectError } from '../contract-case.ts'
import { sampleEvent } from '../sample-event.ts'
import { all, append, appendOne, clockPast, everyTenant, oneShard, positionsOf } from '../store-steps.ts'

const range = (from: number, to: number): number[] =>
  Array.from({ length: to - from + 1 }, (_, index) => from + index)

/** Three events, each recorded later than the one before. */
async function atThreeTimes(store: EventStore, tenantId: string): Promise<string[]> {
  const times: string[] = []
  for (let round = 0; round < 3; round += 1) {
    const { recordedAt } = await appendOne(store, tenantId, 's')
    times.push(recordedAt)
    await clockPast(recordedAt)
  }
  return times
}

/** Reads by place and by time, one event at a time and in rows. */
export const readCases: readonly ContractCase[] = [
  {
    name: 'the log is read both ways, from anywhere, with a limit, over many pages',
    async run({ store }) {
      await append(store, 'acme', 's', 1_200)
      const read = async (options: ReadOptions) =>
        positionsOf(await all(() => store.readAll({ tenantId: 'acme' }, options)))
      expectEqual(await read({}), range(1, 1_200), 'whole log')
      expectEqual(await read({ direction: 'backwards' }), range(1, 1_200).reverse(), 'whole log backwards')
      expectEqual(await read({ after: 1_197 }), [1_198, 1_199, 1_200], 'after a position')
      expectEqual(await read({ after: 1_200 }), [], 'after the last one')
      expectEqual(await read({ direction: 'backwards', limit: 2 }), [1_200, 1_199], 'the newest')
      expectEqual(await read({ direction: 'backwards', after: 3 }), [2, 1], 'before a position')
      expectEqual(await read({ limit: 700 }), range(1, 700), 'limit beyond a page')
      expectEqual(await read({ limit: 0 }), [], 'nothing')
    },
  },
  {
    name: 'a stream is read both ways, from any version, with a limit',
    async run({ store }) {
      for (let round = 0; round < 5; round += 1) {
        await append(store, 'acme', 's', 2)
        await append(store, 'acme', 'other', 1)
      }
      const read = async (options: ReadOptions) =>
        (await all(() => store.readStream('acme', 's', options))).map(({ version }) => version)
      expectEqual(await read({}), range(1, 10), 'whole stream')
      expectEqual(await read({ after: 7 }), [8, 9, 10], 'after a version')
      expectEqual(await read({ after: 7, limit: 2 }), [8, 9], 'after a version, limited')
      expectEqual(await read({ direction: 'backwards', limit: 3 }), [10, 9, 8], 'the newest')
      expectEqual(await read({ direction: 'backwards', after: 3 }), [2, 1], 'before a version')
      expectEqual(await all(() => store.readStream('acme', 'never')), [], 'a stream without events')
    },
  },
  {
    name: 'large events come whole, in order',
    async run({ store }) {
      const text = 'ü'.repeat(100_000)
      for (let index = 0; index < 12; index += 1)
        await appendOne(store, 'acme', 's', { payload: { index, text } })
      const found = await all(() => store.readAll({ tenantId: 'acme' }))
      const payloads = found.map(({ envelope }) => envelope.payload as { index: number; text: string })
      expectEqual(
        payloads.map(({ index }) => index),
        range(0, 11),
        'order',
      )
      expectEqual(
        payloads.every(payload => payload.text === text),
        true,
        'content',
      )
    },
  },
  {
    name: 'events of every tenant are read in the order of their positions',
    needs: oneShard,
    async run({ store }) {
      for (let round = 0; round < 4; round += 1) {
        await append(store, 'acme', 's', 2)
        await append(store, 'globex', 's', 1)
      }
      const found = await all(() => store.readAll(everyTenant))
      expectEqual(positionsOf(found), range(1, 12), 'positions')
      expectEqual(
        found.slice(0, 3).map(({ tenantId }) => tenantId),
        ['acme', 'acme', 'globex'],
        'tenants',
      )
      expectEqual([await store.head(everyTenant), await store.head({ tenantId: 'acme' })], [12, 11], 'heads')
      const newest = await all(() => store.readAll(everyTenant, { direction: 'backwards', limit: 2 }))
      expectEqual(positionsOf(newest), [12, 11], 'the newest')
    },
  },
  {
    name: 'a cursor beyond the end of the log or the stream is refused',
    async run({ store }) {
      await append(store, 'acme', 's', 3)
      const scope = { tenantId: 'acme' }
      for (const after of [4, 1_000_000]) {
        await expectError(
          all(() => store.readAll(scope, { after })),
          'position_unknown',
        )
        await expectError(
          all(() => store.readStream('acme', 's', { after })),
          'position_unknown',
        )
        await expectError(store.tail(scope, { after })[Symbol.asyncIterator]().next(), 'position_unknown')
      }
      const newest = await all(() => store.readAll(scope, { after: 1_000_000, direction: 'backwards' }))
      expectEqual(positionsOf(newest), [3, 2, 1], 'backwards from beyond the end')
    },
  },
  {
    name: 'a position of another tenant’s event is a place in the log too',
    needs: oneShard,
    async run({ store }) {
      await append(store, 'acme', 's', 2)
      await append(store, 'globex', 's', 3)
      expectEqual(await all(() => store.readAll({ tenantId: 'acme' }, { after: 5 })), [], 'events')
      const found = await all(() => store.readAll({ tenantId: 'globex' }, { after: 1, limit: 1 }))
      expectEqual(positionsOf(found), [3], 'positions')
    },
  },
  {
    name: 'positions give their events in the order asked for',
    async run({ store }) {
      await append(store, 'acme', 's', 10)
      const found = await store.readPositions('acme', [7, 2, 9, 4_000, 1])
      expectEqual(positionsOf(found), [7, 2, 9, 1], 'positions')
      expectEqual(await store.readPositions('acme', []), [], 'none')
      expectEqual(await store.readEvent('acme', 'evt-never'), undefined, 'an event that is not there')
    },
  },
  {
    name: 'a stream says its version and state',
    async run({ store }) {
      await append(store, 'acme', 's', 3)
      expectEqual(await store.stream('acme', 's'), { stream: 's', version: 3, state: 'open' }, 'stream')
      expectEqual(await store.stream('acme', 'never'), undefined, 'a stream without events')
      expectEqual(await store.stream('globex', 's'), undefined, 'the stream of another tenant')
    },
  },
  {
    name: 'a read as of a time gives what was recorded by then, both ways',
    async run({ store }) {
      const times = await atThreeTimes(store, 'acme')
      const before = new Date(Date.parse(times[0] ?? '') - 1).toISOString()
      for (const [asOf, last] of [
        [before, 0],
        [times[0], 1],
        [times[1], 2],
        [times[2], 3],
      ] as const) {
        const options = { asOf: asOf ?? '' }
        const wanted = range(1, last)
        const versions = await all(() => store.readStream('acme', 's', options))
        expectEqual(
          versions.map(({ version }) => version),
          wanted,
          `stream as of event ${last}`,
        )
        expectEqual(positionsOf(await all(() => store.readAll({ tenantId: 'acme' }, options))), wanted, 'log')
        const back = { ...options, direction: 'backwards' } as const
        const backwards = positionsOf(await all(() => store.readAll({ tenantId: 'acme' }, back)))
        expectEqual(backwards, wanted.toReversed(), `log backwards as of event ${last}`)
        const stream = positionsOf(await all(() => store.readStream('acme', 's', back)))
        expectEqual(stream, wanted.toReversed(), `stream backwards as of event ${last}`)
      }
    },
  },
  {
    name: 'a time goes together with a cursor, a limit and a filter, and may be in any zone',
    async run({ store }) {
      await append(store, 'acme', 'other', 1)
      const times = await atThreeTimes(store, 'acme')
      const asOf = times[1] ?? ''
      const read = async (options: ReadOptions) =>
        positionsOf(await all(() => store.readAll({ tenantId: 'acme' }, { asOf, ...options })))
      expectEqual(await read({ after: 1 }), [2, 3], 'after a position')
      expectEqual(await read({ after: 3 }), [], 'from its end on')
      expectEqual(await read({ direction: 'backwards', after: 3 }), [2, 1], 'before a position')
      expectEqual(await read({ direction: 'backwards', limit: 1 }), [3], 'its newest')
      expectEqual(await read({ filter: { types: ['SampleHappened'] } }), [1, 2, 3], 'filtered')
      const zoned = asOf.replace('Z', '+00:00')
      expectEqual(await read({ asOf: zoned }), [1, 2, 3], 'another spelling of the time')
      const stream = await all(() => store.readStream('acme', 's', { asOf, after: 1 }))
      expectEqual(
        stream.map(({ version }) => version),
        [2],
        'stream after a version',
      )
    },
  },
  {
    name: 'times of recording never step back in a tenant’s log',
    async run({ store }) {
      await Promise.all(Array.from({ length: 50 }, () => append(store, 'acme', 's')))
      const times = (await all(() => store.readAll({ tenantId: 'acme' }))).map(({ recordedAt }) => recordedAt)
      expectEqual(times, times.toSorted(), 'times')
    },
  },
  {
    name: 'a read ends with the reason of its signal, before it begins and in its middle',
    async run({ store }) {
      await append(store, 'acme', 's', 1_100)
      const reason = Object.assign(new Error('enough'), { code: 'enough' })
      const early = AbortSignal.abort(reason)
      await expectError(
        all(() => store.readAll({ tenantId: 'acme' }, { signal: early })),
        'enough',
      )
      const stop = new AbortController()
      let seen = 0
      const work = (async () => {
        for await (const _ of store.readStream('acme', 's', { signal: stop.signal })) {
          seen += 1
          if (seen === 10) stop.abort(reason)
        }
      })()
      await expectError(work, 'enough')
      expectEqual(seen < 1_100, true, 'it ended before the end')
    },
  },
  {
    name: 'a slow reader sees the log in order while it grows, and may leave at any time',
    async run({ store }) {
      await append(store, 'acme', 's', 600)
      const seen: number[] = []
      for await (const event of store.readAll({ tenantId: 'acme' })) {
        seen.push(event.position)
        if (event.position % 200 === 0) await append(store, 'acme', 's', 50)
        if (seen.length === 650) break
      }
      expectEqual(seen, range(1, 650), 'positions')
    },
  },
  {
    name: 'the same event is read the same on every way to it',
    async run({ store }) {
      const event = sampleEvent('acme', { causationId: 'cause', metadata: { tags: ['a'] } })
      await store.append('acme', [{ stream: 's', expected: 'none', events: [event] }])
      const { eventId } = event.envelope
      const ways = [
        [await store.readEvent('acme', eventId)],
        await store.readPositions('acme', [1]),
        await all(() => store.readStream('acme', 's')),
        await all(() => store.readAll({ tenantId: 'acme' }, { filter: { causationId: 'cause' } })),
        await all(() => store.readAll({ tenantId: 'acme' }, { direction: 'backwards' })),
      ]
      for (const [found] of ways) expectEqual(found, ways[0]?.[0], 'event')
      expectEqual(canonicalJson(ways[0]?.[0]?.envelope), canonicalJson(event.envelope), 'envelope')
    },
  },
]
