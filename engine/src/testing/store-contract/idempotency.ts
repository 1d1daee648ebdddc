import type { JsonValue } from '../../core/index.ts'
import type { ContractCase } from '../contract-case.ts'
import { expectEqual, expectError } from '../contract-case.ts'
import { sampleEvent } from '../sample-event.ts'
import { append, samples } from '../store-steps.ts'

const whole = { correlationId: 'c', traceId: 't', source: 'x', schemaVersion: '1.0' }

/** Repeats of events and of appends. */
export const idempotencyCases: readonly ContractCase[] = [
  {
    name: 'a repeated event gives its first receipt, other content under its id is refused',
    async run({ store }) {
      const event = sampleEvent('acme', { eventId: 'evt-1', ...whole })
      const write = { stream: 's', expected: 'none', events: [event] } as const
      const [first] = await store.append('acme', [write])
      expectEqual(await store.append('acme', [write]), [{ ...first, duplicate: true }], 'second receipt')
      const other = { ...event, envelope: { ...event.envelope, payload: { other: true } } }
      const changed = store.append('acme', [{ stream: 's', expected: 'any', events: [other] }])
      const conflict = await expectError(changed, 'event_id_conflict')
      expectEqual(conflict.details['eventId'], 'evt-1', 'the event that is named')
      expectEqual(await store.head({ tenantId: 'acme' }), 1, 'head')
    },
  },
  {
    name: 'a repeat is known also where members were filled in anew',
    async run({ store }) {
      const once = () => [
        { stream: 's', expected: 'any' as const, events: [sampleEvent('acme', { eventId: 'evt-1' })] },
      ]
      await store.append('acme', once())
      expectEqual((await store.append('acme', once()))[0]?.duplicate, true, 'duplicate')
    },
  },
  {
    name: 'a repeat is known after the stream has gone on, also under another stream’s name',
    async run({ store }) {
      const events = samples('acme', 2)
      const first = await store.append('acme', [{ stream: 's', expected: 'none', events }])
      await append(store, 'acme', 's', 3)
      const again = await store.append('acme', [{ stream: 'elsewhere', expected: 'exists', events }])
      expectEqual(
        again,
        first.map(receipt => ({ ...receipt, duplicate: true })),
        'receipts',
      )
      expectEqual(await store.stream('acme', 'elsewhere'), undefined, 'the other stream')
    },
  },
  {
    name: 'of the same append sent at once several times one is stored, the others are its repeats',
    async run({ store }) {
      const events = samples('acme', 3)
      const tries = Array.from({ length: 10 }, () =>
        store.append('acme', [{ stream: 's', expected: 'none', events }]),
      )
      const receipts = (await Promise.all(tries)).flat()
      expectEqual(receipts.filter(({ duplicate }) => !duplicate).length, 3, 'new receipts')
      expectEqual(new Set(receipts.map(({ leafHash }) => leafHash)).size, 3, 'different receipts')
      expectEqual(await store.head({ tenantId: 'acme' }), 3, 'head')
    },
  },
  {
    name: 'an append of which only a part is stored already is refused',
    async run({ store }) {
      const [known, fresh] = samples('acme', 2)
      if (!known || !fresh) throw new Error('no samples')
      await store.append('acme', [{ stream: 's', expected: 'none', events: [known] }])
      const mixed = store.append('acme', [{ stream: 's', expected: 'any', events: [known, fresh] }])
      await expectError(mixed, 'event_id_conflict')
      expectEqual(await store.readEvent('acme', fresh.envelope.eventId), undefined, 'the new event')
    },
  },
  {
    name: 'an idempotency key gives the first receipts, and refuses other content',
    async run({ store }) {
      const write = (...payloads: JsonValue[]) => [
        {
          stream: 's',
          expected: 'any' as const,
          events: payloads.map(payload => sampleEvent('acme', { payload })),
        },
      ]
      const first = await store.append('acme', write(1, 2), { idempotencyKey: 'k' })
      const again = await store.append('acme', write(1, 2), { idempotencyKey: 'k' })
      expectEqual(
        again,
        first.map(receipt => ({ ...receipt, duplicate: true })),
        'second receipts',
      )
      for (const other of [write(1, 3), write(1), write(1, 2, 3)])
        await expectError(store.append('acme', other, { idempotencyKey: 'k' }), 'idempotency_key_conflict')
      await store.append('acme', write(1, 2), { idempotencyKey: 'other' })
      expectEqual(await store.head({ tenantId: 'acme' }), 4, 'head')
    },
  },
  {
    name: 'a key belongs to its tenant, and a refused append does not use it up',
    async run({ store }) {
      const write = (tenantId: string, expected: 'none' | 'exists') =>
        store.append(tenantId, [{ stream: 's', expected, events: [sampleEvent(tenantId)] }], {
          idempotencyKey: 'k',
        })
      await expectError(write('acme', 'exists'), 'version_conflict')
      const receipts = [...(await write('acme', 'none')), ...(await write('globex', 'none'))]
      expectEqual(
        receipts.map(({ duplicate }) => duplicate),
        [false, false],
        'duplicates',
      )
    },
  },
  {
    name: 'of concurrent appends under one key one is stored',
    async run({ store }) {
      const tries = Array.from({ length: 10 }, () =>
        store.append('acme', [{ stream: 's', expected: 'any', events: [sampleEvent('acme')] }], {
          idempotencyKey: 'k',
        }),
      )
      const receipts = (await Promise.all(tries)).flat()
      expectEqual(new Set(receipts.map(({ eventId }) => eventId)).size, 1, 'events')
      expectEqual(await store.head({ tenantId: 'acme' }), 1, 'head')
    },
  },
  {
    name: 'of concurrent repeats under a known key each gets the first receipts',
    async run({ store }) {
      const write = () => [
        { stream: 's', expected: 'any' as const, events: [sampleEvent('acme'), sampleEvent('acme')] },
      ]
      const first = await store.append('acme', write(), { idempotencyKey: 'k' })
      const again = first.map(receipt => ({ ...receipt, duplicate: true }))
      const tries = Array.from({ length: 5 }, () => store.append('acme', write(), { idempotencyKey: 'k' }))
      for (const receipts of await Promise.all(tries)) expectEqual(receipts, again, 'receipts')
      const append = { tenantId: 'acme', writes: write(), options: { idempotencyKey: 'k' } }
      const unit = { scope: { tenantId: 'acme' }, appends: [append, append] }
      expectEqual(await store.commit(unit), [...again, ...again], 'receipts of a unit')
    },
  },
  {
    name: 'the same id in two tenants is two events',
    async run({ store }) {
      for (const tenantId of ['acme', 'globex']) {
        const events = [sampleEvent(tenantId, { eventId: 'same', payload: tenantId })]
        const [receipt] = await store.append(tenantId, [{ stream: 's', expected: 'none', events }])
        expectEqual(receipt?.duplicate, false, 'duplicate')
      }
      expectEqual((await store.readEvent('globex', 'same'))?.envelope.payload, 'globex', 'payload')
    },
  },
]
