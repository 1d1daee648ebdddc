import type { EventStore, StreamWrite } from '../../store/index.ts'
import { verifyLog } from '../../store/index.ts'
import type { ContractCase } from '../contract-case.ts'
import { expectEqual, expectError } from '../contract-case.ts'
import { sampleEvent } from '../sample-event.ts'
import { all, append, appendOne, positionsOf, takeFromTail } from '../store-steps.ts'

/** Closes the stream and says so in another one, as the events about streams are written. */
function close(
  store: EventStore,
  stream: string,
  closes: 'sealed' | 'tombstoned',
  expected: StreamWrite['expected'] = 'exists',
) {
  return store.append('acme', [
    { stream, expected, events: [], closes },
    { stream: `EventStream-${stream}`, expected: 'any', events: [sampleEvent('acme')] },
  ])
}

const scope = { tenantId: 'acme' }

const remove = (
  store: EventStore,
  positions: readonly number[],
  becomes: 'archived' | 'removed' = 'removed',
) => store.commit({ scope, bodies: [{ tenantId: 'acme', positions, becomes }] })

/** Closed streams, archived and removed bodies. */
export const closingCases: readonly ContractCase[] = [
  {
    name: 'a sealed stream takes no events, and is read as before',
    async run({ store }) {
      await append(store, 'acme', 's', 3)
      await close(store, 's', 'sealed', 3)
      for (const expected of ['any', 'exists', 3] as const) {
        const refused = await expectError(append(store, 'acme', 's', 1, expected), 'stream_closed')
        expectEqual([refused.details['stream'], refused.details['state']], ['s', 'sealed'], 'details')
      }
      expectEqual(await store.stream('acme', 's'), { stream: 's', version: 3, state: 'sealed' }, 'stream')
      expectEqual((await all(() => store.readStream('acme', 's'))).length, 3, 'events')
    },
  },
  {
    name: 'a tombstoned stream takes no events and is not read; the log still has them',
    async run({ store }) {
      await append(store, 'acme', 's', 2)
      await close(store, 's', 'tombstoned')
      await expectError(append(store, 'acme', 's'), 'stream_closed')
      await expectError(
        all(() => store.readStream('acme', 's')),
        'stream_tombstoned',
      )
      await expectError(
        all(() => store.readStream('acme', 's', { direction: 'backwards' })),
        'stream_tombstoned',
      )
      expectEqual((await store.stream('acme', 's'))?.state, 'tombstoned', 'state')
      expectEqual(positionsOf(await all(() => store.readAll(scope))), [1, 2, 3], 'log')
    },
  },
  {
    name: 'a sealed stream may be tombstoned, a tombstoned one not be sealed',
    async run({ store }) {
      await append(store, 'acme', 's')
      await close(store, 's', 'sealed')
      await expectError(close(store, 's', 'sealed'), 'stream_closed')
      await close(store, 's', 'tombstoned')
      await expectError(close(store, 's', 'sealed'), 'stream_closed')
      await expectError(close(store, 's', 'tombstoned'), 'stream_closed')
      expectEqual(await store.head(scope), 3, 'head')
    },
  },
  {
    name: 'a stream without events cannot be closed without one',
    async run({ store }) {
      await expectError(close(store, 'never', 'sealed', 'any'), 'stream_not_found')
      expectEqual(await store.head(scope), 0, 'head')
    },
  },
  {
    name: 'a stream may be closed with its last events, and a refused append closes nothing',
    async run({ store }) {
      const last = (expected: number): StreamWrite => {
        return { stream: 's', expected, events: [sampleEvent('acme')], closes: 'sealed' }
      }
      await append(store, 'acme', 's')
      await expectError(store.append('acme', [last(0)]), 'version_conflict')
      await expectError(
        store.append('acme', [last(1), { stream: 'other', expected: 'exists', events: [] }]),
        'version_conflict',
      )
      expectEqual((await store.stream('acme', 's'))?.state, 'open', 'state after refused appends')
      await store.append('acme', [last(1)])
      expectEqual(await store.stream('acme', 's'), { stream: 's', version: 2, state: 'sealed' }, 'stream')
    },
  },
  {
    name: 'a closed stream may still be a condition, and a repeat of its events is known',
    async run({ store }) {
      const events = [sampleEvent('acme')]
      const writes = [{ stream: 's', expected: 'none', events }] as const
      const [first] = await store.append('acme', writes)
      await close(store, 's', 'sealed')
      expectEqual(await store.append('acme', writes), [{ ...first, duplicate: true }], 'repeat')
      const guarded = (expected: number) =>
        store.append('acme', [
          { stream: 's', expected, events: [] },
          { stream: 't', expected: 'any', events: [sampleEvent('acme')] },
        ])
      await guarded(1)
      await expectError(guarded(2), 'version_conflict')
    },
  },
  {
    name: 'of a seal and an append at the same time the one that comes first holds',
    async run({ store }) {
      await append(store, 'acme', 's')
      const [sealed, added] = await Promise.allSettled([
        close(store, 's', 'sealed', 1),
        append(store, 'acme', 's', 1, 1),
      ])
      expectEqual([sealed.status, added.status].toSorted(), ['fulfilled', 'rejected'], 'outcomes')
    },
  },
  {
    name: 'the stream of another tenant stays open',
    async run({ store }) {
      await append(store, 'acme', 's')
      await append(store, 'globex', 's')
      await close(store, 's', 'tombstoned')
      await append(store, 'globex', 's')
      expectEqual((await all(() => store.readStream('globex', 's'))).length, 2, 'events')
    },
  },
  {
    name: 'an event whose body was removed is left out, unless it is asked for',
    async run({ store }) {
      const receipts = await append(store, 'acme', 's', 4)
      await remove(store, [2, 3])
      const reads = [
        () => store.readAll(scope),
        () => store.readStream('acme', 's'),
        () => store.readAll(scope, { filter: { types: ['SampleHappened'] } }),
      ]
      for (const read of reads) expectEqual(positionsOf(await all(read)), [1, 4], 'positions')
      expectEqual(positionsOf(await takeFromTail(store, 'acme', 2)), [1, 4], 'tail')
      const found = await all(() => store.readAll(scope, { removed: 'include' }))
      expectEqual(
        found.map(({ bodyState }) => bodyState),
        ['present', 'removed', 'removed', 'present'],
        'states',
      )
      const [, event] = found
      expectEqual([event?.body, event?.blind], ['', ''], 'body and blind')
      const { leafHash, eventId, version } = receipts[1] ?? {}
      expectEqual([event?.leafHash, event?.eventId, event?.version], [leafHash, eventId, version], 'skeleton')
      await expectError(() => event?.envelope, 'event_removed')
    },
  },
  {
    name: 'removed events are left out of pages without ending the read',
    async run({ store }) {
      await append(store, 'acme', 's', 1_300)
      await remove(
        store,
        Array.from({ length: 1_200 }, (_, index) => index + 51),
      )
      const found = positionsOf(await all(() => store.readStream('acme', 's')))
      expectEqual([found.length, found[49], found[50]], [100, 50, 1_251], 'events')
      const back = await all(() => store.readAll(scope, { direction: 'backwards', limit: 60 }))
      expectEqual(positionsOf(back).slice(48, 52), [1_252, 1_251, 50, 49], 'backwards')
    },
  },
  {
    name: 'a log with archived and removed bodies verifies, and goes on',
    async run({ store }) {
      await append(store, 'acme', 's', 4)
      await remove(store, [2])
      await remove(store, [3, 4], 'archived')
      const [, , archived] = await all(() => store.readAll(scope, { removed: 'include' }))
      expectEqual(archived?.bodyState, 'archived', 'state')
      await expectError(() => archived?.envelope, 'event_archived')
      await append(store, 'acme', 's', 1, 4)
      expectEqual((await verifyLog(store)).faults, [], 'faults')
    },
  },
  {
    name: 'archived events are read; removing them is for good',
    async run({ store }) {
      await append(store, 'acme', 's', 3)
      await remove(store, [1, 2], 'archived')
      expectEqual(positionsOf(await all(() => store.readStream('acme', 's'))), [1, 2, 3], 'archived')
      await remove(store, [1])
      await remove(store, [1], 'archived')
      expectEqual(positionsOf(await all(() => store.readStream('acme', 's'))), [2, 3], 'removed')
    },
  },
  {
    name: 'bodies of another tenant are not touched',
    async run({ store }) {
      const [own] = await append(store, 'acme', 's')
      const [other] = await append(store, 'globex', 's')
      await remove(
        store,
        [own?.position ?? 0, other?.position ?? 0].filter(position => position > 0),
      )
      expectEqual((await all(() => store.readStream('acme', 's'))).length, 0, 'own events')
      expectEqual(
        (await all(() => store.readStream('globex', 's')))[0]?.bodyState,
        'present',
        'the other one',
      )
    },
  },
  {
    name: 'an event whose body was removed still counts for a condition and a version',
    async run({ store }) {
      const { position } = await appendOne(store, 'acme', 's', { metadata: { tags: ['a'] } })
      await remove(store, [position])
      const events = [sampleEvent('acme')]
      const unless = { query: [{ tags: ['a'] }], after: 0 }
      const guarded = store.append('acme', [{ stream: 't', expected: 'any', events }], { unless })
      await expectError(guarded, 'append_condition_failed')
      const filter = { query: [{ tags: ['a'] }] }
      expectEqual(await all(() => store.readAll(scope, { filter })), [], 'what is found')
      const included = await all(() => store.readAll(scope, { filter, removed: 'include' }))
      expectEqual(positionsOf(included), [position], 'what is found with removed events')
      await append(store, 'acme', 's', 1, 1)
    },
  },
  {
    name: 'a repeat of an event whose body was removed gives its first receipt',
    async run({ store }) {
      const writes = [{ stream: 's', expected: 'none', events: [sampleEvent('acme')] }] as const
      const [first] = await store.append('acme', writes)
      await remove(store, [1])
      expectEqual(await store.append('acme', writes), [{ ...first, duplicate: true }], 'repeat')
    },
  },
]
