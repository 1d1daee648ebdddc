import type { JsonObject } from '../../core/index.ts'
import type { EventQuery, EventStore } from '../../store/index.ts'
import type { ContractCase } from '../contract-case.ts'
import { expectEqual, expectError } from '../contract-case.ts'
import { sampleEvent } from '../sample-event.ts'
import { all, append, appendOne, oneShard } from '../store-steps.ts'

const tagged = (...tags: string[]): JsonObject => ({ metadata: { tags } })

/** Appends to a stream of its own unless something matches. */
function appendUnless(
  store: EventStore,
  stream: string,
  query: EventQuery,
  after: number,
  overrides: JsonObject = {},
) {
  const events = [sampleEvent('acme', overrides)]
  return store.append('acme', [{ stream, expected: 'any', events }], { unless: { query, after } })
}

/** Conditions on streams that are not written, and on what the log holds. */
export const conditionCases: readonly ContractCase[] = [
  {
    name: 'a condition on a stream that is not written is enforced',
    async run({ store }) {
      await append(store, 'acme', 'guard', 1)
      const write = { stream: 's', expected: 'any', events: [sampleEvent('acme')] } as const
      const guarded = (expected: 'none' | 'exists' | number, stream = 'guard') =>
        store.append('acme', [write, { stream, expected, events: [] }])
      await expectError(guarded('none'), 'version_conflict')
      await expectError(guarded(2), 'version_conflict')
      await expectError(guarded('exists', 'nothing'), 'version_conflict')
      expectEqual(await store.stream('acme', 's'), undefined, 'the stream after refused appends')
      await guarded(1)
      expectEqual((await all(() => store.readStream('acme', 's'))).length, 1, 'events')
      const guard = await store.stream('acme', 'guard')
      expectEqual([guard?.version, guard?.state], [1, 'open'], 'the guarding stream')
    },
  },
  {
    name: 'of concurrent appends that depend on each other’s streams one wins',
    async run({ store }) {
      const take = (own: string, other: string) =>
        store.append('acme', [
          { stream: own, expected: 'none', events: [sampleEvent('acme')] },
          { stream: other, expected: 'none', events: [] },
        ])
      const tries = await Promise.allSettled([take('left', 'right'), take('right', 'left')])
      expectEqual(tries.filter(({ status }) => status === 'fulfilled').length, 1, 'winners')
    },
  },
  {
    name: 'an append is refused where an event matches, which is named',
    async run({ store }) {
      const { position } = await appendOne(store, 'acme', 's', tagged('course:1', 'student:1'))
      const query = [{ tags: ['course:1'] }]
      const refused = await expectError(appendUnless(store, 't', query, 0), 'append_condition_failed')
      expectEqual(refused.details['matched'], position, 'matched')
      expectEqual(await store.head({ tenantId: 'acme' }), position, 'head')
      await appendUnless(store, 't', query, position)
    },
  },
  {
    name: 'a match needs one of the types and all of the tags of one item',
    async run({ store }) {
      await appendOne(store, 'acme', 's', { eventType: 'Booked', ...tagged('course:1', 'student:1') })
      const matches: EventQuery[] = [
        [{ tags: ['student:1', 'course:1'] }],
        [{ types: ['Cancelled', 'Booked'] }],
        [{ types: ['Booked'], tags: ['course:1'] }],
        [{ types: ['Cancelled'] }, { tags: ['student:1'] }],
      ]
      const misses: EventQuery[] = [
        [{ tags: ['student:1', 'course:2'] }],
        [{ types: ['Cancelled'] }],
        [{ types: ['Cancelled'], tags: ['course:1'] }],
        [{ types: ['Booked'], tags: ['course:2'] }, { tags: ['course'] }, { tags: ['course:'] }],
      ]
      for (const query of matches)
        await expectError(appendUnless(store, 't', query, 0), 'append_condition_failed')
      for (const query of misses) await appendUnless(store, 't', query, 0)
    },
  },
  {
    name: 'a condition asks only about its own tenant',
    async run({ store }) {
      await appendOne(store, 'globex', 's', tagged('course:1'))
      await appendUnless(store, 't', [{ tags: ['course:1'] }], 0)
    },
  },
  {
    name: 'of concurrent appends under the same condition one wins',
    async run({ store }) {
      const query = [{ types: ['NameTaken'], tags: ['name:ada'] }]
      const taken = { eventType: 'NameTaken', ...tagged('name:ada') }
      const tries = await Promise.allSettled(
        Array.from({ length: 20 }, (_, index) => appendUnless(store, `user-${index}`, query, 0, taken)),
      )
      const refusals = tries.filter(attempt => attempt.status === 'rejected')
      expectEqual(refusals.length, 19, 'losers')
      for (const { reason } of refusals) expectEqual(reason.code, 'append_condition_failed', 'code')
      expectEqual((await all(() => store.readAll({ tenantId: 'acme' }))).length, 1, 'events')
    },
  },
  {
    name: 'concurrent appends under conditions that do not meet all win',
    async run({ store }) {
      const tries = Array.from({ length: 20 }, (_, index) =>
        appendUnless(store, `u-${index}`, [{ tags: [`name:${index}`] }], 0, tagged(`name:${index}`)),
      )
      expectEqual((await Promise.all(tries)).length, 20, 'winners')
    },
  },
  {
    name: 'a condition holds also against appends that have none',
    async run({ store }) {
      const plain = Array.from({ length: 10 }, () => appendOne(store, 'acme', 's', tagged('hot')))
      const guarded = appendUnless(store, 't', [{ tags: ['hot'] }], 0).catch(
        (error: { code: string; details: { matched: number } }) => error,
      )
      const last = appendOne(store, 'acme', 's', tagged('hot'))
      const outcome = await guarded
      const positions = (await Promise.all([...plain, last])).map(({ position }) => position)
      // Either it came before all of them, or it was refused for one of them.
      if ('code' in outcome) {
        expectEqual(outcome.code, 'append_condition_failed', 'code')
        expectEqual(positions.includes(outcome.details.matched), true, 'the match is one of them')
      } else {
        const own = outcome[0]?.position ?? 0
        expectEqual(
          positions.every(position => position > own),
          true,
          'nothing matches before it',
        )
      }
    },
  },
  {
    name: 'versions and a condition are enforced together',
    async run({ store }) {
      await appendOne(store, 'acme', 's', tagged('a'))
      const events = [sampleEvent('acme')]
      const unless = (tag: string) => ({ unless: { query: [{ tags: [tag] }], after: 0 } })
      const at = (expected: number) => [{ stream: 's', expected, events }]
      await expectError(store.append('acme', at(0), unless('b')), 'version_conflict')
      await expectError(store.append('acme', at(1), unless('a')), 'append_condition_failed')
      await store.append('acme', at(1), unless('b'))
    },
  },
  {
    name: 'a repeat of a conditional append gives its first receipts, although it matches now itself',
    async run({ store }) {
      const event = sampleEvent('acme', { eventId: 'evt-1', ...tagged('once') })
      const writes = [{ stream: 's', expected: 'none', events: [event] }] as const
      const unless = { query: [{ tags: ['once'] }], after: 0 }
      const [first] = await store.append('acme', writes, { unless })
      expectEqual(await store.append('acme', writes, { unless }), [{ ...first, duplicate: true }], 'repeat')
      const key = { unless: { query: [{ tags: ['twice'] }], after: 0 }, idempotencyKey: 'k' }
      const next = () => [
        { stream: 't', expected: 'any' as const, events: [sampleEvent('acme', tagged('twice'))] },
      ]
      const [second] = await store.append('acme', next(), key)
      expectEqual(await store.append('acme', next(), key), [{ ...second, duplicate: true }], 'repeat by key')
    },
  },
  {
    name: 'a condition on events after a position does not see those before it',
    needs: oneShard,
    async run({ store }) {
      for (let round = 0; round < 3; round += 1) {
        await appendOne(store, 'acme', 's', tagged('a'))
        await appendOne(store, 'globex', 's', tagged('a'))
      }
      const query = [{ tags: ['a'] }]
      await expectError(appendUnless(store, 't', query, 4), 'append_condition_failed')
      await appendUnless(store, 't', query, 5)
    },
  },
]
