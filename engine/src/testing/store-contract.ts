import { commitBody, leafHash } from '../proof/index.ts'
import type { EventStore, ExpectedVersion, RecordedEvent } from '../store/index.ts'
import { verifyLog } from '../store/index.ts'
import type { ContractCase } from './contract-case.ts'
import { expectEqual, expectError } from './contract-case.ts'
import { sampleEvent } from './sample-event.ts'

const everyTenant = { tenantId: 'every tenant' } as const

async function append(
  store: EventStore,
  tenantId: string,
  stream: string,
  count = 1,
  expected: ExpectedVersion = 'any',
) {
  const events = Array.from({ length: count }, (_, index) => sampleEvent(tenantId, { payload: { index } }))
  return store.append(tenantId, [{ stream, expected, events }])
}

const all = (events: AsyncIterable<RecordedEvent>): Promise<RecordedEvent[]> => Array.fromAsync(events)

async function takeFromTail(
  store: EventStore,
  tenantId: string,
  count: number,
  after = 0,
): Promise<RecordedEvent[]> {
  const found: RecordedEvent[] = []
  const stop = new AbortController()
  for await (const page of store.tail({ tenantId }, { after, signal: stop.signal })) {
    found.push(...page)
    if (found.length >= count) break
  }
  stop.abort()
  return found
}

/** The promises of the event store's port. Every adapter must keep each of them. */
export const storeContract: readonly ContractCase[] = [
  {
    name: 'an append gives a receipt with dense numbers and chained hashes',
    async run({ store }) {
      const receipts = await append(store, 'acme', 'order-1', 3, 'none')
      expectEqual(
        receipts.map(receipt => receipt.position),
        [1, 2, 3],
        'positions',
      )
      expectEqual(
        receipts.map(receipt => receipt.sequence),
        [0, 1, 2],
        'sequences',
      )
      expectEqual(
        receipts.map(receipt => receipt.version),
        [1, 2, 3],
        'versions',
      )
      expectEqual(receipts[0]?.previousHash, 'A'.repeat(43), 'the first previous hash')
      expectEqual(receipts[1]?.previousHash, receipts[0]?.leafHash, 'the second previous hash')
      expectEqual(
        receipts.some(receipt => receipt.duplicate),
        false,
        'duplicates',
      )
    },
  },
  {
    name: 'an event comes back as it was appended, with the leaf that commits to it',
    async run({ store }) {
      const event = sampleEvent('acme', { payload: { z: 1, a: ['ü', { '€': null }], n: 0.1 } })
      const [receipt] = await store.append('acme', [{ stream: 's', expected: 'any', events: [event] }])
      const found = await store.readEvent('acme', event.envelope.eventId)
      expectEqual(found?.envelope.payload, { a: ['ü', { '€': null }], n: 0.1, z: 1 }, 'payload')
      expectEqual(found?.leafHash, receipt?.leafHash, 'leaf hash')
      if (!found) throw new Error('the event is not found')
      expectEqual(leafHash(found.leaf), found.leafHash, 'hash of the leaf')
      expectEqual(
        JSON.parse(found.leaf).body,
        commitBody(found.body, Buffer.from(found.blind, 'base64url')),
        'commitment',
      )
    },
  },
  {
    name: 'expected versions are enforced, and a conflict names the actual one',
    async run({ store }) {
      await expectError(append(store, 'acme', 's', 1, 'exists'), 'version_conflict')
      await append(store, 'acme', 's', 2, 'none')
      const conflict = await expectError(append(store, 'acme', 's', 1, 'none'), 'version_conflict')
      expectEqual(conflict.details['actual'], 2, 'actual version')
      await expectError(append(store, 'acme', 's', 1, 1), 'version_conflict')
      await append(store, 'acme', 's', 1, 2)
      await append(store, 'acme', 's', 1, 'exists')
      await append(store, 'acme', 'other', 1, 0)
      expectEqual(
        (await all(store.readStream('acme', 's'))).map(event => event.version),
        [1, 2, 3, 4],
        'versions',
      )
    },
  },
  {
    name: 'an append over several streams is stored whole or not at all',
    async run({ store }) {
      await append(store, 'acme', 'a', 1)
      const writes = [
        { stream: 'a', expected: 1, events: [sampleEvent('acme')] },
        { stream: 'b', expected: 'exists', events: [sampleEvent('acme')] },
      ] as const
      await expectError(store.append('acme', writes), 'version_conflict')
      expectEqual(await store.head(everyTenant), 1, 'head after a refused append')
      await store.append('acme', [writes[0], { ...writes[1], expected: 'none' }])
      expectEqual(
        (await all(store.readAll({ tenantId: 'acme' }))).map(event => event.stream),
        ['a', 'a', 'b'],
        'streams',
      )
    },
  },
  {
    name: 'a condition on a stream that is not written is enforced',
    async run({ store }) {
      await append(store, 'acme', 'guard', 1)
      const event = sampleEvent('acme')
      const write = { stream: 's', expected: 'any', events: [event] } as const
      await expectError(
        store.append('acme', [write, { stream: 'guard', expected: 0, events: [] }]),
        'version_conflict',
      )
      await store.append('acme', [write, { stream: 'guard', expected: 1, events: [] }])
      expectEqual((await all(store.readStream('acme', 's'))).length, 1, 'events')
    },
  },
  {
    name: 'of concurrent appends that expect the same version one wins',
    async run({ store }) {
      const tries = await Promise.allSettled(
        Array.from({ length: 20 }, () => append(store, 'acme', 's', 1, 'none')),
      )
      expectEqual(tries.filter(attempt => attempt.status === 'fulfilled').length, 1, 'winners')
      expectEqual((await all(store.readStream('acme', 's'))).length, 1, 'events')
    },
  },
  {
    name: 'a repeated event gives its first receipt, other content under its id is refused',
    async run({ store }) {
      const event = sampleEvent('acme', {
        eventId: 'evt-1',
        correlationId: 'c',
        traceId: 't',
        source: 'x',
        schemaVersion: '1.0',
      })
      const write = { stream: 's', expected: 'none', events: [event] } as const
      const [first] = await store.append('acme', [write])
      const [again] = await store.append('acme', [write])
      expectEqual(again, { ...first, duplicate: true }, 'second receipt')
      const other = { ...event, envelope: { ...event.envelope, payload: { other: true } } }
      await expectError(
        store.append('acme', [{ stream: 's', expected: 'any', events: [other] }]),
        'event_id_conflict',
      )
      expectEqual(await store.head(everyTenant), 1, 'head')
    },
  },
  {
    name: 'a repeat is known also where members were filled in anew',
    async run({ store }) {
      const once = () => sampleEvent('acme', { eventId: 'evt-1' })
      await store.append('acme', [{ stream: 's', expected: 'any', events: [once()] }])
      const [again] = await store.append('acme', [{ stream: 's', expected: 'any', events: [once()] }])
      expectEqual(again?.duplicate, true, 'duplicate')
    },
  },
  {
    name: 'an idempotency key gives the first receipts, and refuses other content',
    async run({ store }) {
      const write = (payload: number) =>
        [{ stream: 's', expected: 'any', events: [sampleEvent('acme', { payload })] }] as const
      const [first] = await store.append('acme', write(1), { idempotencyKey: 'k' })
      const [again] = await store.append('acme', write(1), { idempotencyKey: 'k' })
      expectEqual(again, { ...first, duplicate: true }, 'second receipt')
      await expectError(store.append('acme', write(2), { idempotencyKey: 'k' }), 'idempotency_key_conflict')
      await store.append('acme', write(2), { idempotencyKey: 'other' })
      expectEqual(await store.head(everyTenant), 2, 'head')
    },
  },
  {
    name: 'tenants do not see each other, and have logs of their own',
    async run({ store }) {
      const [a] = await append(store, 'acme', 's')
      const [b] = await append(store, 'globex', 's')
      expectEqual(
        [b?.position, b?.sequence, b?.version, b?.previousHash],
        [2, 0, 1, 'A'.repeat(43)],
        'receipt of the second tenant',
      )
      expectEqual(await store.readEvent('globex', a?.eventId ?? ''), undefined, "another tenant's event")
      expectEqual(
        (await all(store.readStream('globex', 's'))).map(event => event.tenantId),
        ['globex'],
        'stream',
      )
      expectEqual(
        (await all(store.readAll({ tenantId: 'acme' }))).map(event => event.position),
        [1],
        'log',
      )
      expectEqual(
        (await store.readPositions('acme', [2, 1])).map(event => event.position),
        [1],
        'positions',
      )
      expectEqual(
        [await store.head({ tenantId: 'acme' }), await store.head({ tenantId: 'nobody' })],
        [1, 0],
        'heads',
      )
      const stolen = store.append('globex', [{ stream: 's', expected: 'any', events: [sampleEvent('acme')] }])
      await expectError(stolen, 'tenant_mismatch')
      // The same id in two tenants is two events.
      for (const tenantId of ['acme', 'globex']) {
        await store.append(tenantId, [
          { stream: 't', expected: 'none', events: [sampleEvent(tenantId, { eventId: 'same' })] },
        ])
      }
      expectEqual(await store.head(everyTenant), 4, 'head')
    },
  },
  {
    name: 'reads go both ways, from anywhere, with a limit, over many pages',
    async run({ store }) {
      await append(store, 'acme', 's', 300)
      await append(store, 'globex', 's', 10)
      const positions = async (options: object) =>
        (await all(store.readAll({ tenantId: 'acme' }, options))).map(event => event.position)
      expectEqual((await positions({})).length, 300, 'whole log')
      expectEqual(await positions({ after: 297 }), [298, 299, 300], 'after a position')
      expectEqual(await positions({ direction: 'backwards', limit: 2 }), [300, 299], 'backwards')
      expectEqual(
        await positions({ direction: 'backwards', after: 3 }),
        [2, 1],
        'backwards before a position',
      )
      expectEqual((await positions({ limit: 200 })).at(-1), 200, 'limit beyond a page')
      const versions = await all(store.readStream('acme', 's', { after: 298 }))
      expectEqual(
        versions.map(event => event.version),
        [299, 300],
        'stream after a version',
      )
      expectEqual(
        (await all(store.readAll(everyTenant))).map(event => event.position).at(-1),
        310,
        'every tenant',
      )
    },
  },
  {
    name: 'a tail gives what is there and what comes, in order, once',
    async run({ store }) {
      await append(store, 'acme', 's', 200)
      const tail = takeFromTail(store, 'acme', 400)
      for (let round = 0; round < 20; round += 1) {
        await Promise.all([append(store, 'acme', `s-${round % 3}`, 10), append(store, 'globex', 's', 2)])
      }
      const found = await tail
      expectEqual(
        found.map(event => event.sequence),
        Array.from({ length: 400 }, (_, index) => index),
        'sequences',
      )
    },
  },
  {
    name: 'a tail ends when its signal aborts',
    async run({ store }) {
      const stop = new AbortController()
      const ended = (async () => {
        for await (const _ of store.tail(everyTenant, { signal: stop.signal }))
          throw new Error('an event from nowhere')
      })()
      stop.abort()
      await ended
    },
  },
  {
    name: 'concurrent callers leave a log that verifies',
    async run({ store }) {
      const callers = Array.from({ length: 16 }, async (_, caller) => {
        for (let round = 0; round < 10; round += 1)
          await append(store, `tenant-${caller % 3}`, `s-${round % 4}`, 1 + (round % 3))
      })
      await Promise.all(callers)
      const report = await verifyLog(store)
      expectEqual(report.faults, [], 'faults')
      expectEqual([report.events, report.tenants], [304, 3], 'events and tenants')
    },
  },
  {
    name: 'what is malformed is refused',
    async run({ store }) {
      const event = sampleEvent('acme')
      await expectError(store.append('acme', []), 'append_invalid')
      await expectError(
        store.append('acme', [{ stream: '', expected: 'any', events: [event] }]),
        'append_invalid',
      )
      await expectError(
        store.append('acme', [{ stream: 's', expected: -1, events: [event] }]),
        'append_invalid',
      )
      const twice = { stream: 's', expected: 'any', events: [event, event] } as const
      await expectError(store.append('acme', [twice]), 'append_invalid')
      const huge = sampleEvent('acme', { payload: 'x'.repeat(300_000) })
      await expectError(
        store.append('acme', [{ stream: 's', expected: 'any', events: [huge] }]),
        'event_too_large',
      )
      expectEqual(await store.head(everyTenant), 0, 'head')
    },
  },
  {
    name: 'a checkpoint moves only from where it stands',
    async run({ store }) {
      expectEqual(await store.checkpoint('c'), 0, 'checkpoint before its first step')
      await store.commit({ statements: [], checkpoint: { name: 'c', from: 0, to: 5 } })
      await expectError(
        store.commit({ statements: [], checkpoint: { name: 'c', from: 0, to: 6 } }),
        'checkpoint_conflict',
      )
      await store.commit({ statements: [], checkpoint: { name: 'c', from: 5, to: 7 } })
      expectEqual(await store.checkpoint('c'), 7, 'checkpoint')
    },
  },
  {
    name: 'statements and checkpoint are stored together or not at all',
    needs: { reason: 'the store has no SQL', isMet: capabilities => capabilities.sql },
    async run({ store }) {
      await store.commit({ statements: [{ sql: 'CREATE TABLE t (a INTEGER PRIMARY KEY)', params: [] }] })
      const insert = { sql: 'INSERT INTO t VALUES (?)', params: [1] }
      await store.commit({ statements: [insert], checkpoint: { name: 'c', from: 0, to: 1 } })
      const again = store.commit({
        statements: [{ ...insert, params: [2] }, insert],
        checkpoint: { name: 'c', from: 1, to: 2 },
      })
      await expectError(again, 'store_failed')
      expectEqual(await store.query('SELECT a FROM t', []), [[1]], 'rows')
      expectEqual(await store.checkpoint('c'), 1, 'checkpoint')
    },
  },
  {
    name: 'everything acknowledged is there after closing and opening again',
    needs: { reason: 'the store keeps nothing', isMet: (_, fixture) => fixture.reopen !== undefined },
    async run({ store, reopen }) {
      await append(store, 'acme', 's', 5)
      await store.commit({ statements: [], checkpoint: { name: 'c', from: 0, to: 3 } })
      const opened = await (reopen as () => Promise<EventStore>)()
      expectEqual(await opened.head(everyTenant), 5, 'head')
      expectEqual(await opened.checkpoint('c'), 3, 'checkpoint')
      const [next] = await append(opened, 'acme', 's', 1, 5)
      expectEqual([next?.position, next?.sequence, next?.version], [6, 5, 6], 'next receipt')
      expectEqual((await verifyLog(opened)).faults, [], 'faults')
    },
  },
  {
    name: 'a closed store refuses appends, and may be closed twice',
    async run({ store }) {
      const accepted = append(store, 'acme', 's')
      await store.close()
      await accepted
      await expectError(append(store, 'acme', 's'), 'store_closed')
      await store.close()
    },
  },
]
