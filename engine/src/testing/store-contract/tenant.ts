import type { EventStore, Receipt } from '../../store/index.ts'
import { verifyLog } from '../../store/index.ts'
import type { ContractCase } from '../contract-case.ts'
import { expectEqual, expectError } from '../contract-case.ts'
import { sampleEvent } from '../sample-event.ts'
import { all, append, appendOne, everyTenant, oneShard, positionsOf } from '../store-steps.ts'

const scope = { tenantId: 'acme' } as const

/** Something of everything that a tenant can have. */
async function fill(store: EventStore, tenantId: string): Promise<void> {
  const events = [sampleEvent(tenantId, { eventId: 'evt-1', metadata: { tags: ['a'] } })]
  await store.append(tenantId, [{ stream: 's', expected: 'none', events }], { idempotencyKey: 'k' })
  await append(store, tenantId, 's', 2, 1)
  await store.append(tenantId, [
    { stream: 'closed', expected: 'none', events: [sampleEvent(tenantId)], closes: 'tombstoned' },
  ])
  await store.commit({
    scope: { tenantId },
    documents: [{ tenantId, collection: 'c', id: 'd', value: tenantId, due: 1 }],
  })
}

/** The boundary between tenants, and the end of one. */
export const tenantCases: readonly ContractCase[] = [
  {
    name: 'tenants do not see each other, and have logs of their own',
    needs: oneShard,
    async run({ store }) {
      const [a] = await append(store, 'acme', 's')
      const [b] = await append(store, 'globex', 's')
      const place = [b?.position, b?.sequence, b?.version, b?.previousHash]
      expectEqual(place, [2, 0, 1, 'A'.repeat(43)], 'receipt of the second tenant')
      expectEqual(await store.readEvent('globex', a?.eventId ?? ''), undefined, "another tenant's event")
      const stream = await all(() => store.readStream('globex', 's'))
      expectEqual(
        stream.map(({ tenantId }) => tenantId),
        ['globex'],
        'stream',
      )
      expectEqual(positionsOf(await all(() => store.readAll(scope))), [1], 'log')
      expectEqual(positionsOf(await store.readPositions('acme', [2, 1])), [1], 'positions')
      expectEqual([await store.head(scope), await store.head({ tenantId: 'nobody' })], [1, 0], 'heads')
      const others = ['acme', 'globex', 'nobody'].map(except =>
        store.head({ tenantId: 'every tenant' }, { except }),
      )
      expectEqual(await Promise.all(others), [2, 1, 2], 'heads of all but one')
    },
  },
  {
    name: 'an event of another tenant is refused',
    async run({ store }) {
      const stolen = store.append('globex', [{ stream: 's', expected: 'any', events: [sampleEvent('acme')] }])
      await expectError(stolen, 'tenant_mismatch')
      expectEqual(await store.head({ tenantId: 'globex' }), 0, 'head')
    },
  },
  {
    name: 'nothing of a deleted tenant is read any more',
    async run({ store }) {
      await fill(store, 'acme')
      expectEqual(await store.deleteTenant('acme'), { events: 4 }, 'events deleted')
      expectEqual(await all(() => store.readAll(scope, { removed: 'include' })), [], 'log')
      for (const stream of ['s', 'closed'])
        expectEqual(await all(() => store.readStream('acme', stream)), [], `stream ${stream}`)
      expectEqual(await store.readEvent('acme', 'evt-1'), undefined, 'event')
      expectEqual(await store.readPositions('acme', [1, 2, 3, 4]), [], 'positions')
      expectEqual(
        [await store.head(scope), await store.stream('acme', 's')],
        [0, undefined],
        'head and stream',
      )
      expectEqual(await store.document('acme', 'c', 'd'), undefined, 'document')
      expectEqual(await store.documents(scope, 'c', { dueUntil: 9 }), [], 'documents that are due')
      const tagged = { filter: { query: [{ tags: ['a'] }] }, removed: 'include' } as const
      expectEqual(await all(() => store.readAll({ ...everyTenant }, tagged)), [], 'events by tag')
    },
  },
  {
    name: 'deleting a tenant leaves the others as they are, and positions as they were',
    needs: oneShard,
    async run({ store }) {
      await append(store, 'globex', 's', 2)
      await fill(store, 'acme')
      await append(store, 'globex', 's', 2)
      await fill(store, 'initech')
      await store.deleteTenant('acme')
      const others = await all(() => store.readAll(everyTenant))
      expectEqual(positionsOf(others), [1, 2, 7, 8, 9, 10, 11, 12], 'positions')
      expectEqual(await store.head(everyTenant), 12, 'head')
      expectEqual((await store.document('initech', 'c', 'd'))?.value, 'initech', 'document')
      const [next] = await append(store, 'globex', 's', 1, 4)
      expectEqual(next?.position, 13, 'the next position')
      expectEqual((await verifyLog(store)).faults, [], 'faults')
    },
  },
  {
    name: 'what a deleted tenant leaves is places and hashes, which are seen where removed events are included',
    needs: oneShard,
    async run({ store }) {
      const receipts = [...(await append(store, 'acme', 's', 2)), ...(await append(store, 'globex', 's', 1))]
      await store.deleteTenant('acme')
      const left = await all(() => store.readAll(everyTenant, { removed: 'include' }))
      const numbers = (one: Omit<Receipt, 'duplicate'>) => [
        one.position,
        one.sequence,
        one.version,
        one.leafHash,
      ]
      expectEqual(left.map(numbers), receipts.map(numbers), 'numbers and hashes')
      for (const { bodyState, body, leaf, eventId } of left.slice(0, 2))
        expectEqual([bodyState, body, leaf, eventId], ['removed', '', '', ''], 'what is left')
      expectEqual(new Set(left.map(({ tenantId }) => tenantId)).has('acme'), false, 'the name is gone')
    },
  },
  {
    name: 'the name of a deleted tenant may be used again, for a tenant that knows nothing of it',
    async run({ store }) {
      await fill(store, 'acme')
      await store.deleteTenant('acme')
      const event = sampleEvent('acme', { eventId: 'evt-1', payload: 'new' })
      const write = { stream: 's', expected: 'none', events: [event] } as const
      const unless = { query: [{ tags: ['a'] }], after: 0 }
      const [receipt] = await store.append('acme', [write], { idempotencyKey: 'k', unless })
      const place = [receipt?.sequence, receipt?.version, receipt?.duplicate, receipt?.previousHash]
      expectEqual(place, [0, 1, false, 'A'.repeat(43)], 'receipt')
      expectEqual((await store.readEvent('acme', 'evt-1'))?.envelope.payload, 'new', 'payload')
      expectEqual((await all(() => store.readAll(scope))).length, 1, 'log')
      await append(store, 'acme', 'closed', 1, 'none')
      expectEqual((await verifyLog(store)).faults, [], 'faults')
      expectEqual(await store.deleteTenant('acme'), { events: 2 }, 'events deleted again')
    },
  },
  {
    name: 'a tenant that is deleted again, or never was, loses nothing',
    async run({ store }) {
      await fill(store, 'acme')
      await store.deleteTenant('acme')
      expectEqual(await store.deleteTenant('acme'), { events: 0 }, 'again')
      expectEqual(await store.deleteTenant('nobody'), { events: 0 }, 'never')
    },
  },
  {
    name: 'a tenant with documents only is deleted too',
    async run({ store }) {
      await store.commit({ scope, documents: [{ tenantId: 'acme', collection: 'c', id: 'd', value: 1 }] })
      await store.deleteTenant('acme')
      expectEqual(await store.document('acme', 'c', 'd'), undefined, 'document')
    },
  },
  {
    name: 'a tenant with many events is deleted whole',
    async run({ store }) {
      await append(store, 'acme', 's', 5_000)
      await appendOne(store, 'globex', 's')
      expectEqual(await store.deleteTenant('acme'), { events: 5_000 }, 'events')
      expectEqual(await all(() => store.readAll(scope, { removed: 'include' })), [], 'log')
      expectEqual((await all(() => store.readAll({ tenantId: 'globex' }))).length, 1, 'the other log')
      expectEqual((await verifyLog(store)).faults, [], 'faults')
    },
  },
  {
    name: 'a deletion that was cut off is finished by the next one',
    async run({ store }) {
      await append(store, 'acme', 's', 5_000)
      const reason = Object.assign(new Error('enough'), { code: 'enough' })
      await expectError(store.deleteTenant('acme', { signal: AbortSignal.abort(reason) }), 'enough')
      const stop = new AbortController()
      const deletion = store.deleteTenant('acme', { signal: stop.signal }).catch(() => undefined)
      stop.abort(reason)
      await deletion
      await store.deleteTenant('acme')
      expectEqual(await all(() => store.readAll(scope, { removed: 'include' })), [], 'log')
      await append(store, 'acme', 's', 1, 'none')
      expectEqual((await verifyLog(store)).faults, [], 'faults')
    },
  },
  {
    name: 'a tail goes on over the events of a deleted tenant',
    needs: oneShard,
    async run({ store }) {
      await append(store, 'acme', 's', 600)
      await append(store, 'globex', 's', 1)
      await store.deleteTenant('acme')
      const pages = store.tail(everyTenant)[Symbol.asyncIterator]()
      expectEqual(positionsOf((await pages.next()).value ?? []), [601], 'positions')
      await pages.return?.()
    },
  },
]
