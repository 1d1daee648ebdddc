import { once } from 'node:events'
import { connect } from '@nats-io/transport-node'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ManualAlarm } from '../../testing/transport-contract/manual-alarm.ts'
import { createEmbeddedTransport } from '../../transport/embedded/index.ts'
import { cuttingProxy } from '../../transport/nats/fixtures/cutting-proxy.ts'
import { eventually } from '../../transport/nats/fixtures/eventually.ts'
import { NatsLab, numbers } from '../../transport/nats/fixtures/nats-lab.ts'
import type { TemporaryNats } from '../../transport/nats/fixtures/nats-server.ts'
import { lacksNats, temporaryNats } from '../../transport/nats/fixtures/nats-server.ts'
import { listDeadLetters } from '../index.ts'
import { Relay } from './relay.ts'

const partitionOf = async (relay: Relay) => {
  const [partition] = (await relay.status()).partitions
  if (partition === undefined) throw new Error('no partition')
  return partition
}
const untilSent = (relay: Relay, position: number) =>
  eventually(async () => (await partitionOf(relay)).position).toBe(position)

describe.skipIf(lacksNats)('a relay to a broker', () => {
  let server: TemporaryNats
  beforeAll(async () => {
    server = await temporaryNats({ config: 'max_payload: 200000' })
  })
  afterAll(() => server[Symbol.asyncDispose]())

  it('takes every event there, says how far it is, and goes on where another has stopped', async () => {
    await using lab = new NatsLab(server.url)
    const transport = lab.transport({ lookEvery: 600_000 })
    await lab.publish(2_500)
    const first = lab.relay(transport)
    await untilSent(first, 2_500)
    expect(await partitionOf(first)).toMatchObject({
      isLeader: true,
      backlog: { events: 0, seconds: 0 },
      sent: 2_500,
      duplicates: 0,
      sentAgain: 0,
      failures: 0,
      error: undefined,
    })
    await first.drain()
    expect((await first.status()).state).toBe('closed')
    await lab.publish(100)
    const second = lab.relay(transport)
    await untilSent(second, 2_600)
    expect((await partitionOf(second)).sent).toBe(100)
    expect(await lab.take(lab.receiver(transport), 2_600)).toEqual(numbers(2_600))
    expect(transport.status().fromLog).toBe(0)
    await second.close()
    await second.close()
  })

  it('leads alone, and another takes over', async () => {
    await using lab = new NatsLab(server.url)
    const transport = lab.transport()
    const first = lab.relay(transport)
    await lab.publish(10)
    await untilSent(first, 10)
    const second = lab.relay(transport)
    await lab.publish(10)
    await untilSent(first, 20)
    expect(await partitionOf(second)).toMatchObject({ isLeader: false, sent: 0 })
    expect((await partitionOf(second)).leader).toBe((await partitionOf(first)).leader)
    await first.close()
    await lab.publish(10)
    await untilSent(second, 30)
    expect(await partitionOf(second)).toMatchObject({ isLeader: true, sent: 10, duplicates: 0 })
  })

  it('that slept while another took over puts nothing there that is there already', async () => {
    await using lab = new NatsLab(server.url)
    const transport = lab.transport({ lookEvery: 600_000 })
    // Its own time stands still, so it renews nothing, and does not know that it was overtaken.
    const asleep = new ManualAlarm()
    const source = createEmbeddedTransport(lab.store, { leaseTime: 1_000, pollEvery: 200, alarm: asleep })
    const first = lab.relay(transport, { source, alarm: asleep, batchSize: 50 })
    await lab.publish(120)
    await untilSent(first, 120)
    const ahead = new ManualAlarm(Date.now() + 60_000)
    const other = createEmbeddedTransport(lab.store, { leaseTime: 1_000, pollEvery: 200, alarm: ahead })
    const second = lab.relay(transport, { source: other, alarm: ahead, batchSize: 50 })
    await eventually(async () => (await partitionOf(second)).leader).toBeDefined()
    // Both take what comes; one of them is the leader, and what the other sends is refused or right.
    for (let round = 0; round < 20; round += 1) await lab.publish(100)
    await eventually(async () => {
      for (const alarm of [asleep, ahead]) alarm.advance(50)
      return (await partitionOf(second)).position
    }).toBe(2_120)
    expect(await lab.take(lab.receiver(transport), 2_120)).toEqual(numbers(2_120))
    expect(transport.status().fromLog).toBe(0)
    asleep.advance(100_000)
    ahead.advance(100_000)
  })

  it('sets aside what is too large, tells it, and goes on; receivers have it from the log', async () => {
    await using lab = new NatsLab(server.url)
    const transport = lab.transport({ lookEvery: 600_000 })
    await lab.publish(70)
    await lab.publish(1, { size: 220_000 })
    await lab.publish(70)
    const told: string[] = []
    const relay = lab.relay(transport, { onError: ({ code }) => told.push(code) })
    await untilSent(relay, 141)
    expect(await partitionOf(relay)).toMatchObject({
      sent: 140,
      setAside: 1,
      error: { code: 'event_too_large' },
    })
    expect(told).toEqual(['event_too_large'])
    const { subscription } = await relay.status()
    const { letters } = await listDeadLetters(lab.store, { subscription, scope: { tenantId: 'acme' } })
    expect(letters).toMatchObject([
      { position: 71, reason: 'permanent', attempts: [{ code: 'event_too_large' }] },
    ])
    expect(await lab.take(lab.receiver(transport), 141)).toEqual(numbers(141))
    expect(transport.status()).toMatchObject({ fromStream: 140, fromLog: 1 })
  })

  it('waits for a broker that is full, and goes on when there is room', async () => {
    await using lab = new NatsLab(server.url)
    const stream = { name: lab.name, subject: lab.name, maxMessages: 100, discard: 'new' as const }
    const transport = lab.transport({ stream })
    await lab.publish(250)
    const relay = lab.relay(transport)
    await eventually(async () => (await partitionOf(relay)).error?.code).toBe('transport_full')
    expect((await partitionOf(relay)).failures).toBeGreaterThan(0)
    expect((await partitionOf(relay)).backlog.events).toBeGreaterThan(0)
    // Receivers need no room there: what the broker has no room for they have from the log.
    expect(await lab.take(lab.receiver(transport), 250)).toEqual(numbers(250))
    expect(
      await lab
        .transport({ stream: { ...stream, discard: 'old' } })
        .topology.apply(AbortSignal.timeout(5_000)),
    ).toEqual([])
    await untilSent(relay, 250)
    expect((await partitionOf(relay)).failures).toBe(0)
  })

  it('begins where it is told to, and sends no more than that again', async () => {
    await using broker = await temporaryNats()
    await using lab = new NatsLab(broker.url)
    const transport = lab.transport({ lookEvery: 600_000 })
    await lab.publish(50)
    const relay = lab.relay(transport, { start: { position: 30 } })
    await untilSent(relay, 50)
    expect((await partitionOf(relay)).sent).toBe(20)
    await broker.kill()
    broker.wipe()
    await broker.start()
    await lab.publish(10)
    await untilSent(relay, 60)
    expect(await partitionOf(relay)).toMatchObject({ sent: 30, sentAgain: 20 })
  })
})

describe.skipIf(lacksNats)('a broker that fails', () => {
  it('may be absent when the relay starts', async () => {
    await using broker = await temporaryNats({ isStarted: false })
    await using lab = new NatsLab(broker.url)
    const transport = lab.transport({ lookEvery: 600_000 })
    await lab.publish(20)
    const relay = lab.relay(transport)
    await eventually(async () => (await partitionOf(relay)).error?.code).toBe('transport_unreachable')
    const receiver = lab.receiver(transport)
    const taken = lab.take(receiver, 20)
    await broker.start()
    expect(await taken).toEqual(numbers(20))
    await untilSent(relay, 20)
    expect(await partitionOf(relay)).toMatchObject({ sent: 20, failures: 0 })
  })

  it('may be killed in the middle of it, again and again', async () => {
    await using broker = await temporaryNats()
    await using lab = new NatsLab(broker.url)
    const transport = lab.transport()
    const relay = lab.relay(transport, { batchSize: 100 })
    const taken = lab.take(lab.receiver(transport), 4_000)
    for (let round = 0; round < 4; round += 1) {
      await lab.publish(1_000)
      await broker.kill()
      await broker.start()
    }
    expect(await taken).toEqual(numbers(4_000))
    await untilSent(relay, 4_000)
    expect(await lab.take(lab.receiver(lab.transport({ lookEvery: 600_000 })), 4_000)).toEqual(numbers(4_000))
  })

  it('may lose all that it was given: it is given it again', async () => {
    await using broker = await temporaryNats()
    await using lab = new NatsLab(broker.url)
    const transport = lab.transport({ lookEvery: 600_000 })
    const relay = lab.relay(transport)
    await lab.publish(1_500)
    await untilSent(relay, 1_500)
    const receiver = lab.receiver(transport)
    expect(await lab.take(receiver, 700)).toEqual(numbers(700))
    await broker.kill()
    broker.wipe()
    await broker.start()
    await lab.publish(10)
    await untilSent(relay, 1_510)
    expect(await partitionOf(relay)).toMatchObject({ sentAgain: 1_500, duplicates: 0 })
    expect(await lab.take(receiver, 810)).toEqual(numbers(810, 701))
    expect(await lab.take(lab.receiver(transport), 1_510)).toEqual(numbers(1_510))
  })

  it('may lose it while nothing more is published: receivers have the rest from the log', async () => {
    await using broker = await temporaryNats()
    await using lab = new NatsLab(broker.url)
    const transport = lab.transport({ lookEvery: 100 })
    const relay = lab.relay(transport)
    await lab.publish(300)
    await untilSent(relay, 300)
    const receiver = lab.receiver(transport, { window: 100 })
    const held = await receiver.pull(100, AbortSignal.timeout(5_000))
    expect(held.length).toBeGreaterThan(0)
    await broker.kill()
    broker.wipe()
    await broker.start()
    await receiver.complete(held)
    expect(await lab.take(receiver, 300 - held.length)).toEqual(numbers(300 - held.length, 1 + held.length))
  })

  it('may lose it while nothing more is published: it is given it again', async () => {
    await using broker = await temporaryNats()
    await using lab = new NatsLab(broker.url)
    const transport = lab.transport({ lookEvery: 600_000 })
    const relay = lab.relay(transport, { checkEvery: 100 })
    await lab.publish(300)
    await untilSent(relay, 300)
    await broker.kill()
    broker.wipe()
    await broker.start()
    await eventually(async () => (await partitionOf(relay)).sentAgain).toBe(300)
    expect(await lab.take(lab.receiver(transport), 300)).toEqual(numbers(300))
    expect(transport.status().fromLog).toBe(0)
    await eventually(async () => (await partitionOf(relay)).failures).toBe(0)
  })

  it('may hang: who closes waits for no answer, and the next one sends what it lacks', async () => {
    await using broker = await temporaryNats()
    await using lab = new NatsLab(broker.url)
    const connection = await connect({ servers: broker.url })
    const relay = lab.relay(lab.transport({ connection, patience: 600_000 }))
    await lab.publish(3)
    await untilSent(relay, 3)
    const { outMsgs } = connection.stats()
    broker.hang()
    await lab.publish(3)
    // It has asked the broker to take them.
    await eventually(() => connection.stats().outMsgs).toBeGreaterThan(outMsgs)
    const late = AbortSignal.timeout(10_000)
    const closed = relay.close().then(() => 'closed')
    expect(await Promise.race([closed, once(late, 'abort')])).toBe('closed')
    await broker.kill()
    await broker.start()
    const transport = lab.transport({ lookEvery: 600_000 })
    lab.relay(transport)
    expect(await lab.take(lab.receiver(transport), 6)).toEqual(numbers(6))
    await connection.close()
  })

  it('may be cut off again and again', async () => {
    await using broker = await temporaryNats()
    await using proxy = await cuttingProxy(broker.port)
    await using lab = new NatsLab(proxy.url)
    const transport = lab.transport({ lookEvery: 600_000 })
    const relay = lab.relay(transport, { batchSize: 100 })
    const taken = lab.take(lab.receiver(transport), 5_000)
    await eventually(() => transport.status().isConnected).toBe(true)
    for (let round = 0; round < 10; round += 1) {
      await lab.publish(500)
      proxy.cut()
      await eventually(() => transport.status().reconnects).toBe(round + 1)
    }
    expect(await taken).toEqual(numbers(5_000))
    await untilSent(relay, 5_000)
    expect(transport.status()).toMatchObject({ fromStream: 5_000, fromLog: 0 })
  })
})

describe.skipIf(lacksNats)('options of a relay', () => {
  it('are checked', async () => {
    await using lab = new NatsLab('nats://127.0.0.1:1')
    const [source, target] = [createEmbeddedTransport(lab.store), lab.transport()]
    const { store } = lab
    const invalid = expect.objectContaining({ code: 'delivery_options_invalid' })
    expect(() => new Relay({ store, source, target, batchSize: 0 })).toThrow(invalid)
    expect(() => new Relay({ store, source, target, name: 'ü' })).toThrow(invalid)
    expect(() => new Relay({ store, source, target, firstPause: 5, longestPause: 1 })).toThrow(invalid)
    expect(() => new Relay({ store, source, target, checkEvery: 0 })).toThrow(invalid)
    const unsupported = expect.objectContaining({ code: 'transport_unsupported' })
    expect(() => new Relay({ store, source, target: source })).toThrow(unsupported)
    expect(() => new Relay({ store, source: target, target })).toThrow(unsupported)
  })
})
