import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { NatsLink } from '../connection/nats-link.ts'
import { NatsLab } from '../fixtures/nats-lab.ts'
import type { TemporaryNats } from '../fixtures/nats-server.ts'
import { lacksNats, temporaryNats } from '../fixtures/nats-server.ts'

const { signal } = new AbortController()

describe.skipIf(lacksNats)('the topology of a transport', () => {
  let server: TemporaryNats
  let link: NatsLink
  beforeAll(async () => {
    server = await temporaryNats()
    link = new NatsLink({ url: server.url })
  })
  afterAll(async () => {
    await link.close()
    await server[Symbol.asyncDispose]()
  })

  it('is missing, then made, then as it should be', async () => {
    await using lab = new NatsLab(server.url)
    const { topology } = lab.transport()
    const missing = { kind: 'missing', what: 'stream', name: `${lab.name}_0` }
    expect(await topology.diff(signal)).toMatchObject([missing])
    expect(await topology.diff(signal)).toMatchObject([missing])
    expect(await topology.apply(signal)).toEqual([])
    expect(await topology.diff(signal)).toEqual([])
  })

  it('is told where it drifted, and brought in line without losing an event', async () => {
    await using lab = new NatsLab(server.url)
    const before = lab.transport()
    await before.topology.apply(signal)
    await lab.publish(3)
    const sender = before.send(0)
    await sender.send(await Array.fromAsync(lab.store.readAll({ tenantId: 'acme' })), signal)
    const after = lab.transport({
      stream: { name: lab.name, subject: lab.name, maxAge: 3_600_000, maxBytes: 1_000_000, discard: 'new' },
    })
    expect(await after.topology.diff(signal)).toEqual([
      {
        kind: 'different',
        what: 'stream',
        name: `${lab.name}_0`,
        wanted: { discard: 'new', max_age: 3_600_000 * 1e6, max_bytes: 1_000_000 },
        present: { discard: 'old', max_age: 7 * 24 * 3_600_000 * 1e6, max_bytes: -1 },
      },
    ])
    expect(await after.topology.apply(signal)).toEqual([])
    const { manager } = await link.open()
    expect((await manager.streams.info(`${lab.name}_0`)).state.messages).toBe(3)
    await sender.close()
  })

  it('tells what cannot be changed, and is left with it', async () => {
    await using lab = new NatsLab(server.url)
    await lab.transport().topology.apply(signal)
    const { topology } = lab.transport({ stream: { name: lab.name, subject: lab.name, storage: 'memory' } })
    const left = await topology.apply(signal)
    expect(left).toMatchObject([
      { kind: 'different', wanted: { storage: 'memory' }, present: { storage: 'file' } },
    ])
  })

  it('tells of streams for partitions that are not there, and leaves them', async () => {
    await using lab = new NatsLab(server.url)
    const { manager } = await link.open()
    await manager.streams.add({ name: `${lab.name}_7`, subjects: [`${lab.name}.7.>`] })
    const { topology } = lab.transport()
    expect(await topology.apply(signal)).toEqual([{ kind: 'extra', what: 'stream', name: `${lab.name}_7` }])
  })

  it('that would bring other events keeps everybody from beginning', async () => {
    await using lab = new NatsLab(server.url)
    const { manager } = await link.open()
    await manager.streams.add({
      name: `${lab.name}_0`,
      subjects: [`${lab.name}.0.>`],
      max_msgs_per_subject: 1,
    })
    const transport = lab.transport()
    const drifted = { code: 'topology_drifted', details: { stream: `${lab.name}_0` } }
    await expect(transport.send(0).begin()).rejects.toMatchObject(drifted)
    const receiver = lab.receiver(transport)
    await expect(receiver.pull(1, AbortSignal.timeout(5_000))).rejects.toMatchObject(drifted)
    expect(await transport.topology.apply(signal)).toEqual([])
    expect(await transport.send(0).begin()).toBe(0)
  })

  it('of a name that somebody else has subjects for is refused', async () => {
    await using lab = new NatsLab(server.url)
    const { manager } = await link.open()
    await manager.streams.add({ name: `other-${lab.name}`, subjects: [`${lab.name}.>`] })
    await expect(lab.transport().topology.apply(signal)).rejects.toMatchObject({ code: 'topology_drifted' })
  })
})
