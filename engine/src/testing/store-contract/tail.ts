import { verifyLog } from '../../store/index.ts'
import type { ContractCase } from '../contract-case.ts'
import { expectEqual, expectError } from '../contract-case.ts'
import { append, everyTenant, oneShard, positionsOf, takeFromTail } from '../store-steps.ts'

const upTo = (count: number): number[] => Array.from({ length: count }, (_, index) => index)

/** Following the log, closing and opening the store. */
export const tailCases: readonly ContractCase[] = [
  {
    name: 'a tail gives what is there and what comes, in order, once',
    async run({ store }) {
      await append(store, 'acme', 's', 200)
      const tail = takeFromTail(store, 'acme', 400)
      for (let round = 0; round < 20; round += 1)
        await Promise.all([append(store, 'acme', `s-${round % 3}`, 10), append(store, 'globex', 's', 2)])
      const sequences = (await tail).map(({ sequence }) => sequence)
      expectEqual(sequences, upTo(400), 'sequences')
    },
  },
  {
    name: 'several tails of several places see the same',
    async run({ store }) {
      await append(store, 'acme', 's', 30)
      const tails = [0, 10, 30].map(after => takeFromTail(store, 'acme', 130 - after, { after }))
      await Promise.all(Array.from({ length: 20 }, () => append(store, 'acme', 's', 5)))
      const found = await Promise.all(tails)
      expectEqual(
        found.map(({ length }) => length),
        [130, 120, 100],
        'counts',
      )
      for (const events of found) expectEqual(events.at(-1)?.position, 130, 'last position')
    },
  },
  {
    name: 'a tail over every tenant sees each of them',
    needs: oneShard,
    async run({ store }) {
      const pages = store.tail(everyTenant)[Symbol.asyncIterator]()
      const first = pages.next()
      await append(store, 'acme', 's')
      expectEqual(positionsOf((await first).value ?? []), [1], 'first page')
      const second = pages.next()
      await append(store, 'globex', 's')
      expectEqual(positionsOf((await second).value ?? []), [2], 'second page')
      await pages.return?.()
    },
  },
  {
    name: 'a tail ends at its limit',
    async run({ store }) {
      const found: number[] = []
      const tail = (async () => {
        for await (const page of store.tail({ tenantId: 'acme' }, { limit: 5 }))
          found.push(...positionsOf(page))
      })()
      await append(store, 'acme', 's', 3)
      await append(store, 'acme', 's', 4)
      await tail
      expectEqual(found, [1, 2, 3, 4, 5], 'positions')
    },
  },
  {
    name: 'a tail ends when its signal aborts, while it waits and before it begins',
    async run({ store }) {
      const stop = new AbortController()
      const follow = async () => {
        for await (const _ of store.tail(everyTenant, { signal: stop.signal }))
          throw new Error('from nowhere')
      }
      const waiting = follow()
      stop.abort()
      await waiting
      await follow()
    },
  },
  {
    name: 'a tail that is slow holds nobody up and misses nothing',
    async run({ store }) {
      const found: number[] = []
      await append(store, 'acme', 's')
      for await (const page of store.tail({ tenantId: 'acme' })) {
        found.push(...page.map(({ sequence }) => sequence))
        if (found.length < 400) await append(store, 'acme', 's', 100)
        else break
      }
      expectEqual(found, upTo(found.length), 'sequences')
    },
  },
  {
    name: 'a tail ends when the store closes',
    async run({ store }) {
      await append(store, 'acme', 's')
      const seen: number[] = []
      const tail = (async () => {
        for await (const page of store.tail({ tenantId: 'acme' })) seen.push(...positionsOf(page))
      })()
      await takeFromTail(store, 'acme', 1)
      await store.close()
      await tail
      expectEqual(
        seen.every(position => position === 1),
        true,
        'positions',
      )
    },
  },
  {
    name: 'everything acknowledged is there after closing and opening again',
    needs: { reason: 'the store keeps nothing', isMet: (_, { reopen }) => reopen !== undefined },
    async run({ store, reopen }) {
      await append(store, 'acme', 's', 5)
      const document = { tenantId: 'acme', collection: 'c', id: 'd', value: { text: 'ü' }, due: 7 }
      await store.commit({
        scope: { tenantId: 'acme' },
        checkpoint: { name: 'c', from: 0, to: 3 },
        documents: [document],
      })
      const opened = await (reopen as NonNullable<typeof reopen>)()
      expectEqual(await opened.head({ tenantId: 'acme' }), 5, 'head')
      expectEqual(await opened.checkpoint('c'), 3, 'checkpoint')
      expectEqual((await opened.document('acme', 'c', 'd'))?.value, { text: 'ü' }, 'document')
      const [next] = await append(opened, 'acme', 's', 1, 5)
      expectEqual([next?.position, next?.sequence, next?.version], [6, 5, 6], 'next receipt')
      expectEqual((await verifyLog(opened)).faults, [], 'faults')
    },
  },
  {
    name: 'a closed store refuses what it is asked, and may be closed twice',
    async run({ store }) {
      const accepted = append(store, 'acme', 's')
      const unit = {
        scope: { tenantId: 'acme' },
        documents: [{ tenantId: 'acme', collection: 'c', id: 'd', value: 1 }],
      }
      const taken = store.commit(unit)
      await store.close()
      await Promise.all([accepted, taken])
      await expectError(append(store, 'acme', 's'), 'store_closed')
      await expectError(store.commit(unit), 'store_closed')
      await store.close()
    },
  },
  {
    name: 'a tenant that floods the queue is told so, while another one’s append is taken',
    needs: { reason: 'appends do not wait', isMet: (_, { openBounded }) => openBounded !== undefined },
    async run({ openBounded }) {
      const store = await (openBounded as NonNullable<typeof openBounded>)({ maxWaitingEvents: 100 })
      const flood = Array.from({ length: 400 }, (_, index) => append(store, 'acme', `s-${index}`))
      const other = append(store, 'globex', 's')
      const outcomes = await Promise.allSettled(flood)
      const refused = outcomes.filter(outcome => outcome.status === 'rejected')
      expectEqual(refused.length > 0 && refused.length < 400, true, 'some are refused, some are taken')
      for (const { reason } of refused) {
        expectEqual(reason.code, 'store_busy', 'code')
        expectEqual(reason.details['retryAfterSeconds'] > 0, true, 'when to come again')
      }
      expectEqual((await other)[0]?.version, 1, 'the other tenant’s receipt')
      expectEqual((await store.stream('globex', 's'))?.version, 1, 'the other tenant’s stream')
      const taken = outcomes.length - refused.length
      expectEqual((await verifyLog(store)).events, taken + 1, 'events')
      await append(store, 'acme', 'later')
    },
  },
]
