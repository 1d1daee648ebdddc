import { connect } from '@nats-io/transport-node'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createTextRootKey, openKeyRing, openSealed } from '../../notary/index.ts'
import { createMemoryStore } from '../../store/memory/index.ts'
import { sampleEvent } from '../../testing/index.ts'
import { eventually } from './fixtures/eventually.ts'
import { NatsLab } from './fixtures/nats-lab.ts'
import type { TemporaryNats } from './fixtures/nats-server.ts'
import { lacksNats, temporaryNats } from './fixtures/nats-server.ts'

describe.skipIf(lacksNats)('fields that are sealed', () => {
  let server: TemporaryNats
  beforeAll(async () => {
    server = await temporaryNats()
  })
  afterAll(() => server[Symbol.asyncDispose]())

  it('come whole to a receiver that has the keys, are matched by filters, and are never plain on the broker', async () => {
    const plain = createMemoryStore()
    const root = createTextRootKey(Buffer.alloc(32, 7).toString('base64'))
    const ring = await openKeyRing(plain, root, { logName: 'test.example' })
    await using lab = new NatsLab(server.url, openSealed(plain, ring))
    const listener = await connect({ servers: server.url })
    const heard: string[] = []
    listener.subscribe(`${lab.name}.>`, {
      callback: (_, { data, headers }) => {
        heard.push(`${Buffer.from(data).toString()} ${headers?.toString() ?? ''}`)
      },
    })
    await listener.flush()
    const transport = lab.transport({ lookEvery: 600_000 })
    const relay = lab.relay(transport)
    for (const user of ['ada.lovelace', 'grace.hopper']) {
      const event = sampleEvent('acme', { payload: { index: 1 }, metadata: { user, ip: '203.0.113.9' } })
      await lab.store.append('acme', [{ stream: 's', expected: 'any', events: [event] }])
    }
    await eventually(async () => (await relay.status()).partitions[0]?.position).toBe(2)
    const receiver = lab.receiver(transport)
    const users: unknown[] = []
    while (users.length < 2) {
      const deliveries = await receiver.pull(2, AbortSignal.timeout(10_000))
      users.push(...deliveries.map(({ event }) => event.metadata?.user))
      await receiver.complete(deliveries)
    }
    expect(users).toEqual(['ada.lovelace', 'grace.hopper'])
    expect(transport.status().fromLog).toBe(0)
    await listener.drain()
    expect(heard).toHaveLength(2)
    expect(heard.join()).toContain('Keelson-Secrets')
    for (const plainText of ['lovelace', 'hopper', '203.0.113.9'])
      expect(heard.join()).not.toContain(plainText)
    await ring.close()
  })
})
