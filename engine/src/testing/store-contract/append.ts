import { commitBody, leafHash } from '../../proof/index.ts'
import { verifyLog } from '../../store/index.ts'
import type { ContractCase } from '../contract-case.ts'
import { expectEqual, expectError } from '../contract-case.ts'
import { sampleEvent } from '../sample-event.ts'
import { all, append, everyTenant, oneShard, positionsOf, samples } from '../store-steps.ts'

const noHash = 'A'.repeat(43)

/** Receipts, expected versions, atomicity and order. */
export const appendCases: readonly ContractCase[] = [
  {
    name: 'an append gives a receipt with dense numbers and chained hashes',
    async run({ store }) {
      const receipts = await append(store, 'acme', 'order-1', 3, 'none')
      expectEqual(positionsOf(receipts), [1, 2, 3], 'positions')
      const numbers = receipts.map(({ sequence, version }) => [sequence, version])
      expectEqual(
        numbers,
        [
          [0, 1],
          [1, 2],
          [2, 3],
        ],
        'sequences and versions',
      )
      expectEqual(receipts[0]?.previousHash, noHash, 'the first previous hash')
      expectEqual(receipts[1]?.previousHash, receipts[0]?.leafHash, 'the second previous hash')
      expectEqual(new Set(receipts.map(({ duplicate }) => duplicate)).has(true), false, 'duplicates')
    },
  },
  {
    name: 'receipts come in the order of the writes and their events',
    async run({ store }) {
      const events = samples('acme', 4)
      const receipts = await store.append('acme', [
        { stream: 'b', expected: 'any', events: events.slice(0, 2) },
        { stream: 'a', expected: 'any', events: events.slice(2) },
      ])
      const ids = events.map(({ envelope }) => envelope.eventId)
      expectEqual(
        receipts.map(({ eventId }) => eventId),
        ids,
        'ids',
      )
      const places = receipts.map(({ stream, version }) => `${stream}@${version}`)
      expectEqual(places, ['b@1', 'b@2', 'a@1', 'a@2'], 'streams and versions')
    },
  },
  {
    name: 'an event comes back as it was appended, with the leaf that commits to it',
    async run({ store }) {
      const event = sampleEvent('acme', { payload: { z: 1, a: ['ü', { '€': null }], n: 0.1 } })
      const [receipt] = await store.append('acme', [{ stream: 's', expected: 'any', events: [event] }])
      const found = await store.readEvent('acme', event.envelope.eventId)
      if (!found) throw new Error('the event is not found')
      expectEqual(found.envelope.payload, { a: ['ü', { '€': null }], n: 0.1, z: 1 }, 'payload')
      expectEqual([found.bodyState, found.eventType], ['present', 'SampleHappened'], 'state and type')
      const { duplicate: _, ...stands } = receipt ?? { duplicate: false }
      for (const [key, value] of Object.entries(stands)) expectEqual(found[key as 'leafHash'], value, key)
      expectEqual(leafHash(found.leaf), found.leafHash, 'hash of the leaf')
      const commitment = commitBody(found.body, Buffer.from(found.blind, 'base64url'))
      expectEqual(JSON.parse(found.leaf).body, commitment, 'commitment')
    },
  },
  {
    name: 'expected versions are enforced, and a conflict names the actual one',
    async run({ store }) {
      await expectError(append(store, 'acme', 's', 1, 'exists'), 'version_conflict')
      await append(store, 'acme', 's', 2, 'none')
      for (const expected of ['none', 0, 1] as const) {
        const conflict = await expectError(append(store, 'acme', 's', 1, expected), 'version_conflict')
        expectEqual([conflict.details['stream'], conflict.details['actual']], ['s', 2], 'details')
      }
      await append(store, 'acme', 's', 1, 2)
      await append(store, 'acme', 's', 1, 'exists')
      await append(store, 'acme', 'other', 1, 0)
      const versions = (await all(() => store.readStream('acme', 's'))).map(({ version }) => version)
      expectEqual(versions, [1, 2, 3, 4], 'versions')
    },
  },
  {
    name: 'an expected version from the future is a conflict that names the actual one',
    async run({ store }) {
      await append(store, 'acme', 's', 2)
      for (const [stream, actual] of [
        ['s', 2],
        ['new', 0],
      ] as const) {
        const conflict = await expectError(append(store, 'acme', stream, 1, 1_000), 'version_conflict')
        expectEqual(conflict.details['actual'], actual, `actual version of ${stream}`)
      }
      expectEqual(await store.stream('acme', 'new'), undefined, 'the stream that was refused')
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
      expectEqual(await store.head({ tenantId: 'acme' }), 1, 'head after a refused append')
      await store.append('acme', [writes[0], { ...writes[1], expected: 'none' }])
      const streams = (await all(() => store.readAll({ tenantId: 'acme' }))).map(({ stream }) => stream)
      expectEqual(streams, ['a', 'a', 'b'], 'streams')
    },
  },
  {
    name: 'of concurrent appends that expect the same version one wins',
    async run({ store }) {
      const tries = await Promise.allSettled(
        Array.from({ length: 20 }, () => append(store, 'acme', 's', 1, 'none')),
      )
      expectEqual(tries.filter(({ status }) => status === 'fulfilled').length, 1, 'winners')
      expectEqual((await all(() => store.readStream('acme', 's'))).length, 1, 'events')
    },
  },
  {
    name: 'a refused append among concurrent ones uses up no number',
    async run({ store }) {
      const tries = Array.from({ length: 40 }, (_, index) =>
        append(store, 'acme', 's', 1, index % 2 === 0 ? 'any' : 'none').catch(() => []),
      )
      const stored = positionsOf((await Promise.all(tries)).flat())
      const dense = Array.from({ length: stored.length }, (_, index) => index + 1)
      expectEqual(
        [...stored].sort((a, b) => a - b),
        dense,
        'positions of receipts',
      )
      expectEqual(positionsOf(await all(() => store.readAll({ tenantId: 'acme' }))), dense, 'positions read')
    },
  },
  {
    name: 'concurrent callers of several tenants leave a log that verifies',
    needs: oneShard,
    async run({ store }) {
      const callers = Array.from({ length: 16 }, async (_, caller) => {
        for (let round = 0; round < 10; round += 1)
          await append(store, `tenant-${caller % 3}`, `s-${round % 4}`, 1 + (round % 3))
      })
      await Promise.all(callers)
      const report = await verifyLog(store)
      expectEqual(report.faults, [], 'faults')
      expectEqual([report.events, report.tenants], [304, 3], 'events and tenants')
      const log = positionsOf(await all(() => store.readAll(everyTenant)))
      expectEqual(
        log,
        Array.from({ length: 304 }, (_, index) => index + 1),
        'positions',
      )
    },
  },
  {
    name: 'an append of many events is one append',
    async run({ store }) {
      const receipts = await append(store, 'acme', 's', 1_200, 'none')
      expectEqual([receipts.length, receipts.at(-1)?.version], [1_200, 1_200], 'receipts')
      expectEqual((await store.stream('acme', 's'))?.version, 1_200, 'version')
      await expectError(append(store, 'acme', 's', 1_200, 'none'), 'version_conflict')
      expectEqual(await store.head({ tenantId: 'acme' }), 1_200, 'head')
    },
  },
]
