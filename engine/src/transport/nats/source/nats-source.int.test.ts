import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import type { ReceiverSpec } from '../../index.ts'
import { parseFilter } from '../../index.ts'
import { NatsLink } from '../connection/nats-link.ts'
import { eventually } from '../fixtures/eventually.ts'
import { NatsLab, numbers } from '../fixtures/nats-lab.ts'
import type { TemporaryNats } from '../fixtures/nats-server.ts'
import { lacksNats, natsPrograms, temporaryNats, versionOf } from '../fixtures/nats-server.ts'
import type { NatsTransport } from '../nats-transport.ts'

const topics: Record<string, string> = { OrderPlaced: 'orders', OrderPaid: 'orders', UserJoined: 'users' }

describe.skipIf(lacksNats).each(natsPrograms().map(program => ({ program, version: versionOf(program) })))(
  'a receiver on NATS $version',
  ({ program }) => {
    let server: TemporaryNats
    beforeAll(async () => {
      server = await temporaryNats({ program, config: 'max_payload: 200000' })
    })
    afterAll(() => server[Symbol.asyncDispose]())

    /** Does something to the stream past the transport. */
    async function change(
      lab: NatsLab,
      steps: (link: Awaited<ReturnType<NatsLink['open']>>) => Promise<unknown>,
    ) {
      const link = new NatsLink({ url: server.url })
      await steps(await link.open())
      await link.close()
      return `${lab.name}_0`
    }

    it('goes on where it stood on another transport, and where the stream does not reach back to', async () => {
      await using lab = new NatsLab(server.url)
      const stream = { name: lab.name, subject: lab.name, maxMessages: 100 }
      const transport = lab.transport({ stream })
      await lab.publish(500)
      const relay = lab.relay(transport)
      await eventually(async () => (await relay.status()).partitions[0]?.position).toBe(500)
      expect(await lab.take(lab.receiver(transport), 500)).toEqual(numbers(500))
      expect(transport.status()).toMatchObject({ fromLog: 400, fromStream: 100 })
      const middle = lab.receiver(transport, { start: { position: 450 } })
      expect(await lab.take(middle, 50)).toEqual(numbers(50, 451))
      expect(transport.status()).toMatchObject({ fromLog: 400, fromStream: 150 })
    })

    it('reads from the log what was purged before it had it, and what was deleted in between', async () => {
      await using lab = new NatsLab(server.url)
      const transport = lab.transport()
      const relay = lab.relay(transport)
      await lab.publish(100)
      const receiver = lab.receiver(transport)
      expect(await lab.take(receiver, 10)).toEqual(numbers(10))
      const position = async () => (await relay.status()).partitions[0]?.position
      await eventually(position).toBe(100)
      await change(lab, async ({ manager }) => {
        await manager.streams.deleteMessage(`${lab.name}_0`, 40)
        await manager.streams.deleteMessage(`${lab.name}_0`, 41)
      })
      expect(await lab.take(lab.receiver(transport), 100)).toEqual(numbers(100))
      await change(lab, ({ manager }) => manager.streams.purge(`${lab.name}_0`))
      await lab.publish(50)
      expect(await lab.take(lab.receiver(transport), 150)).toEqual(numbers(150))
      expect(await lab.take(receiver, 140)).toEqual(numbers(140, 11))
    })

    it('of one kind alone misses nothing when the stream is purged before it had it', async () => {
      await using lab = new NatsLab(server.url)
      const transport = lab.transport({ lookEvery: 600_000 })
      const relay = lab.relay(transport)
      const receiver = lab.receiver(transport, { types: ['OrderPlaced'], window: 5 })
      const publish = async () => {
        await lab.publish(1, { type: 'UserJoined' })
        await lab.publish(1, { type: 'OrderPlaced' })
      }
      // More than is on its way to a reader that takes nothing.
      for (let round = 0; round < 1_500; round += 1) await publish()
      const position = async () => (await relay.status()).partitions[0]?.position
      await eventually(position).toBe(3_000)
      expect(await lab.take(receiver, 3)).toEqual([2, 4, 6])
      await change(lab, ({ manager }) => manager.streams.purge(`${lab.name}_0`, { seq: 2_990 }))
      await publish()
      const all = numbers(1_501).map(round => round * 2)
      expect(await lab.take(receiver, 1_498)).toEqual(all.slice(3))
    })

    it('of one kind alone has what the relay could not send, as if it had come with the others', async () => {
      await using lab = new NatsLab(server.url)
      const transport = lab.transport({ lookEvery: 600_000 })
      const relay = lab.relay(transport)
      await lab.publish(40, { type: 'UserJoined' })
      await lab.publish(1, { type: 'OrderPlaced' })
      await lab.publish(10, { type: 'UserJoined' })
      await lab.publish(1, { type: 'OrderPlaced', size: 220_000 })
      await lab.publish(10, { type: 'UserJoined' })
      await lab.publish(2, { type: 'OrderPlaced' })
      await eventually(async () => (await relay.status()).partitions[0]?.position).toBe(64)
      const receiver = lab.receiver(transport, { types: ['OrderPlaced'] })
      expect(await lab.take(receiver, 4)).toEqual([41, 52, 63, 64])
      expect(transport.status().fromStream).toBe(3)
    })

    describe('whose last events are not in the stream, and nothing comes behind them that it wants', () => {
      const wanted = { type: 'OrderPlaced' }
      const other = { type: 'UserJoined' }
      const sent = async (lab: NatsLab, transport: NatsTransport, position: number) => {
        const relay = lab.relay(transport)
        await eventually(async () => (await relay.status()).partitions[0]?.position).toBe(position)
      }

      it('has what was deleted', async () => {
        await using lab = new NatsLab(server.url)
        const transport = lab.transport({ lookEvery: 100 })
        for (const event of [other, wanted, wanted, other]) await lab.publish(1, event)
        await sent(lab, transport, 4)
        await change(lab, ({ manager }) => manager.streams.deleteMessage(`${lab.name}_0`, 3))
        expect(await lab.take(lab.receiver(transport, { types: ['OrderPlaced'] }), 2)).toEqual([2, 3])
      })

      it('has what was too large for the broker', async () => {
        await using lab = new NatsLab(server.url)
        const transport = lab.transport({ lookEvery: 100 })
        for (const event of [wanted, other, { ...wanted, size: 220_000 }, other, other])
          await lab.publish(1, event)
        await sent(lab, transport, 5)
        expect(await lab.take(lab.receiver(transport, { types: ['OrderPlaced'] }), 2)).toEqual([1, 3])
      })

      it('has what was purged when the broker had still to deliver it', async () => {
        await using lab = new NatsLab(server.url)
        const transport = lab.transport({ lookEvery: 100 })
        await lab.publish(4_000)
        await sent(lab, transport, 4_000)
        // More than is on its way to a reader that takes nothing.
        const receiver = lab.receiver(transport, { window: 5 })
        expect(await lab.take(receiver, 3)).toEqual([1, 2, 3])
        await change(lab, ({ manager }) => manager.streams.purge(`${lab.name}_0`))
        expect(await lab.take(receiver, 3_997)).toEqual(numbers(3_997, 4))
      })

      it('reads the log once for them, and not at each look', async () => {
        await using lab = new NatsLab(server.url)
        const transport = lab.transport({ lookEvery: 100 })
        for (const event of [wanted, other, { ...wanted, size: 220_000 }, other, other])
          await lab.publish(1, event)
        await sent(lab, transport, 5)
        const receiver = lab.receiver(transport, { types: ['OrderPlaced'] })
        expect(await lab.take(receiver, 2)).toEqual([1, 3])
        await change(lab, ({ manager }) => manager.streams.deleteMessage(`${lab.name}_0`, 2))
        const reads = vi.spyOn(lab.store, 'readAll')
        for (let look = 0; look < 10; look += 1) {
          await lab.publish(1, other)
          expect(await receiver.pull(1, AbortSignal.timeout(150))).toEqual([])
        }
        await lab.publish(1, wanted)
        expect(await lab.take(receiver, 1)).toEqual([16])
        expect(reads.mock.calls.length).toBeLessThanOrEqual(1)
      })
    })

    it('is woken by the log where nobody sends', async () => {
      await using lab = new NatsLab(server.url)
      const transport = lab.transport({ lookEvery: 50 })
      await lab.publish(30)
      const [all, some] = [lab.receiver(transport), lab.receiver(transport, { types: ['OrderPlaced'] })]
      expect(await lab.take(all, 30)).toEqual(numbers(30))
      await lab.publish(5, { type: 'OrderPlaced' })
      expect(await lab.take(some, 5)).toEqual(numbers(5, 31))
      expect(transport.status()).toMatchObject({ fromStream: 0, fromLog: 35 })
      expect(await lab.take(all, 5)).toEqual(numbers(5, 31))
    })

    it.each<[string, Partial<ReceiverSpec>]>([
      ['nothing', {}],
      ['a tenant', { tenantId: 'acme' }],
      ['a type', { types: ['OrderPlaced'] }],
      ['types', { types: ['OrderPlaced', 'UserJoined'] }],
      ['no type', { types: [] }],
      ['a topic', { topics: ['orders'] }],
      ['topics', { topics: ['orders', 'users'] }],
      ['a type and a topic', { topics: ['orders'], types: ['OrderPaid', 'UserJoined'] }],
      ['a tenant, types and a topic', { tenantId: 'bolt-2', types: ['OrderPaid'], topics: ['orders'] }],
      ['a topic that is none', { topics: ['none'] }],
      ['properties', { filter: parseFilter("payload.index % 3 = 0 AND eventType <> 'UserJoined'") }],
    ])(
      'gives for a filter by %s what the log gives, with and without topics in the subjects',
      async (_, spec) => {
        await using lab = new NatsLab(server.url)
        for (let round = 0; round < 12; round += 1)
          for (const [at, type] of ['OrderPlaced', 'OrderPaid', 'UserJoined', 'OddType'].entries()) {
            const topic = topics[type]
            const tenantId = (round + at) % 3 === 0 ? 'acme' : 'bolt-2'
            await lab.publish(1, {
              type,
              tenantId,
              stream: `${round % 2} > ü\n*`,
              ...(topic === undefined ? {} : { topic }),
            })
          }
        const { tenantId = 'every tenant', types, topics: wanted, filter } = spec
        const logFilter = { ...(types && { types }), ...(wanted && { topics: wanted }) }
        const log = await Array.fromAsync(lab.store.readAll({ tenantId }, { filter: logFilter }))
        const fits = (index: number, type: string) =>
          filter === undefined || (index % 3 === 0 && type !== 'UserJoined')
        const expected = log
          .filter(({ envelope }) => fits((envelope.payload as { index: number }).index, envelope.eventType))
          .map(({ position }) => position)
        const plain = lab.transport()
        const named = lab.transport({
          stream: { name: `${lab.name}T`, subject: `${lab.name}T` },
          topicOf: type => topics[type],
        })
        lab.relay(plain, { name: 'plain' })
        lab.relay(named, { name: 'named' })
        for (const transport of [plain, named]) {
          const receiver = lab.receiver(transport, spec)
          const found = expected.length === 0 ? [] : await lab.take(receiver, expected.length)
          expect(found).toEqual(expected)
          // Nothing else comes behind it.
          expect(await receiver.pull(10, AbortSignal.timeout(100))).toEqual([])
        }
      },
    )

    it('rebuilds each event as the log has it', async () => {
      await using lab = new NatsLab(server.url)
      const transport = lab.transport()
      lab.relay(transport)
      await lab.publish(1, { stream: 'Aufträge "1"\n%20 >*.', type: 'OddType' })
      const receiver = lab.receiver(transport)
      const [delivery] = await receiver.pull(1, AbortSignal.timeout(10_000))
      const [own] = await Array.fromAsync(lab.store.readAll({ tenantId: 'acme' }))
      expect(delivery?.event).toEqual(own?.envelope)
      const { tenantId, position, eventId, eventType, recordedAt, stream } = own as NonNullable<typeof own>
      expect(delivery).toMatchObject({ tenantId, position, eventId, eventType, orderingKey: stream })
      expect(delivery?.recordedAt).toBe(Date.parse(recordedAt))
      const sent = (delivery as unknown as { readonly recorded: object }).recorded
      for (const key of Object.keys(own as object) as (keyof NonNullable<typeof own>)[])
        expect([key, Reflect.get(sent, key)]).toEqual([key, own?.[key]])
    })
  },
)

// What newer servers do by themselves is tried where there is one.
if (natsPrograms().length === 1)
  it.skip('several subjects at a time need a server from 2.10 on: name one in KEELSON_NATS_SERVERS')
