import { setTimeout } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { EventStore, RecordedEvent } from '../../../store/index.ts'
import { NatsLink } from '../connection/nats-link.ts'
import { NatsLab, numbers } from '../fixtures/nats-lab.ts'
import type { TemporaryNats } from '../fixtures/nats-server.ts'
import { lacksNats, natsPrograms, temporaryNats, versionOf } from '../fixtures/nats-server.ts'
import { placeOfMessage } from '../message/wire-event.ts'
import { findMessage } from '../stream/stream-access.ts'

const stop = new AbortController().signal
const read = (store: EventStore): Promise<RecordedEvent[]> =>
  Array.fromAsync(store.readAll({ tenantId: 'every tenant' }))

/** Positions of the stream's messages, and their runs, in the order of the stream. */
async function streamOf(lab: NatsLab, url: string) {
  const link = new NatsLink({ url })
  const { manager } = await link.open()
  const { state } = await manager.streams.info(`${lab.name}_0`)
  const places = []
  for (let seq = state.first_seq; seq <= state.last_seq; seq += 1) {
    const message = await findMessage(manager, `${lab.name}_0`, { seq })
    places.push(message && placeOfMessage({ headers: message.header }))
  }
  await link.close()
  return { positions: places.map(place => place?.position), runs: new Set(places.map(place => place?.run)) }
}

describe.skipIf(lacksNats).each(natsPrograms().map(program => ({ program, version: versionOf(program) })))(
  'a sender to NATS $version',
  ({ program }) => {
    let server: TemporaryNats
    beforeAll(async () => {
      server = await temporaryNats({ program, config: 'max_payload: 200000' })
    })
    afterAll(() => server[Symbol.asyncDispose]())

    it('puts every event into the stream, in order, and says that none is a duplicate', async () => {
      await using lab = new NatsLab(server.url)
      await lab.publish(700)
      const sender = lab.transport().send(0)
      expect(await sender.begin()).toBe(0)
      const results = await sender.send(await read(lab.store), stop)
      expect(results).toEqual(numbers(700).map(() => ({ duplicate: false })))
      expect(await sender.begin()).toBe(700)
      const { positions, runs } = await streamOf(lab, server.url)
      expect([positions, runs.size]).toEqual([numbers(700), 1])
      await sender.close()
    })

    it('says of what is there already that it is', async () => {
      await using lab = new NatsLab(server.url)
      await lab.publish(10)
      const events = await read(lab.store)
      const sender = lab.transport().send(0)
      await sender.send(events.slice(0, 6), stop)
      const results = await sender.send(events, stop)
      expect(results.map(result => 'duplicate' in result && result.duplicate)).toEqual(
        numbers(10).map(at => at <= 6),
      )
      expect((await streamOf(lab, server.url)).positions).toEqual(numbers(10))
      await sender.close()
    })

    it.each([
      ['and the broker knows its events again', 120_000],
      ['and only the sequence keeps them apart', 100],
    ])('that was overtaken sends nothing, and may begin again, %s', async (_, duplicateWindow) => {
      await using lab = new NatsLab(server.url)
      await lab.publish(300)
      const events = await read(lab.store)
      const stream = { name: lab.name, subject: lab.name, duplicateWindow }
      const [first, second] = [lab.transport({ stream }).send(0), lab.transport({ stream }).send(0)]
      await first.send(events.slice(0, 100), stop)
      expect(await second.begin()).toBe(100)
      await second.send(events.slice(100, 110), stop)
      // Nothing but time makes it forget.
      if (duplicateWindow < 1_000) await setTimeout(300)
      await expect(first.send(events.slice(100, 300), stop)).rejects.toMatchObject({
        code: 'sender_overtaken',
      })
      expect((await streamOf(lab, server.url)).positions).toEqual(numbers(110))
      expect(await first.begin()).toBe(110)
      await first.send(events.slice(110), stop)
      // Nothing but time makes it forget.
      if (duplicateWindow < 1_000) await setTimeout(300)
      await expect(second.send(events.slice(110), stop)).rejects.toMatchObject({ code: 'sender_overtaken' })
      const { positions, runs } = await streamOf(lab, server.url)
      // Of one run, for none is missing between them, whoever has sent it.
      expect([positions, runs.size]).toEqual([numbers(300), 1])
      await Promise.all([first.close(), second.close()])
    })

    it('of two that send the same at the same time one is overtaken, and nothing is there twice', async () => {
      await using lab = new NatsLab(server.url)
      await lab.publish(3_000)
      const events = await read(lab.store)
      const senders = [lab.transport().send(0), lab.transport().send(0)]
      const done = async (sender: (typeof senders)[number]) => {
        for (let tries = 0; tries < 50; tries += 1) {
          const newest = (await sender.begin()) ?? 0
          try {
            await sender.send(events.slice(newest), stop)
            return
          } catch (error) {
            expect(error).toMatchObject({ code: 'sender_overtaken' })
          }
        }
      }
      // While a stream is being made nobody may be listening yet.
      await senders[0]?.begin()
      await Promise.all(senders.map(done))
      expect((await streamOf(lab, server.url)).positions).toEqual(numbers(3_000))
      await Promise.all(senders.map(sender => sender.close()))
    })

    it('says which event is too large, sends the others, and begins a new run behind it', async () => {
      await using lab = new NatsLab(server.url)
      await lab.publish(70)
      await lab.publish(1, { size: 220_000 })
      await lab.publish(70)
      const sender = lab.transport().send(0)
      const results = await sender.send(await read(lab.store), stop)
      expect(results[70]).toMatchObject({ error: { code: 'event_too_large', retryable: false } })
      expect(results.filter(result => 'error' in result)).toHaveLength(1)
      const { positions, runs } = await streamOf(lab, server.url)
      expect(positions).toEqual(numbers(141).filter(position => position !== 71))
      expect(runs.size).toBe(2)
      await sender.close()
    })

    it('keeps events apart that two tenants gave the same id', async () => {
      await using lab = new NatsLab(server.url)
      await lab.publish(1, { tenantId: 'acme', eventId: 'evt-same' })
      await lab.publish(1, { tenantId: 'bolt', eventId: 'evt-same' })
      const sender = lab.transport().send(0)
      const results = await sender.send(await read(lab.store), stop)
      expect(results).toEqual([{ duplicate: false }, { duplicate: false }])
      expect((await streamOf(lab, server.url)).positions).toEqual([1, 2])
      await sender.close()
    })

    it('says that the broker is full where new events have to wait, and goes on when there is room', async () => {
      await using lab = new NatsLab(server.url)
      await lab.publish(200)
      const events = await read(lab.store)
      const stream = { name: lab.name, subject: lab.name, maxMessages: 150, discard: 'new' as const }
      const sender = lab.transport({ stream }).send(0)
      await expect(sender.send(events, stop)).rejects.toMatchObject({
        code: 'transport_full',
        retryable: true,
      })
      expect(await sender.begin()).toBe(150)
      const link = new NatsLink({ url: server.url })
      await (await link.open()).manager.streams.purge(`${lab.name}_0`, { keep: 50 })
      await link.close()
      const newest = (await sender.begin()) ?? 0
      await sender.send(events.slice(newest), stop)
      expect((await streamOf(lab, server.url)).positions).toEqual(numbers(100, 101))
      await sender.close()
    })

    it('says that the broker is full where its disk may take no more', async () => {
      await using small = await temporaryNats({ program, jetstream: 'max_file_store: 300KB' })
      await using lab = new NatsLab(small.url)
      await lab.publish(1_000)
      const events = await read(lab.store)
      const sender = lab.transport().send(0)
      await expect(sender.send(events, stop)).rejects.toMatchObject({ code: 'transport_full' })
      const newest = (await sender.begin()) ?? 0
      expect(newest).toBeGreaterThan(50)
      expect((await streamOf(lab, small.url)).positions).toEqual(numbers(newest))
      await expect(sender.send(events.slice(newest), stop)).rejects.toMatchObject({ code: 'transport_full' })
      await sender.close()
    })

    it('cannot tell what a stream had that was purged, and goes on behind it', async () => {
      await using lab = new NatsLab(server.url)
      await lab.publish(20)
      const events = await read(lab.store)
      const sender = lab.transport().send(0)
      await sender.send(events.slice(0, 10), stop)
      const link = new NatsLink({ url: server.url })
      await (await link.open()).manager.streams.purge(`${lab.name}_0`)
      await link.close()
      expect(await sender.begin()).toBeUndefined()
      await sender.send(events.slice(10), stop)
      expect((await streamOf(lab, server.url)).positions).toEqual(numbers(10, 11))
      await sender.close()
    })

    it('looks past what somebody else has put into the stream', async () => {
      await using lab = new NatsLab(server.url)
      await lab.publish(20)
      const events = await read(lab.store)
      const sender = lab.transport().send(0)
      await sender.send(events.slice(0, 10), stop)
      const link = new NatsLink({ url: server.url })
      const { connection } = await link.open()
      await connection.request(`${lab.name}.0.a.b.c`, 'not an event')
      await link.close()
      // Nobody of ours has overtaken it, but what it expects is not there any more.
      await expect(sender.send(events.slice(10), stop)).resolves.toHaveLength(10)
      expect(await sender.begin()).toBe(20)
      const [receiver] = [lab.receiver(lab.transport())]
      expect(await lab.take(receiver, 20)).toEqual(numbers(20))
      await sender.close()
    })
  },
)
