import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { describeLog, logOf } from '../../record/log-identity.ts'
import { NatsLink } from '../connection/nats-link.ts'
import { eventually } from '../fixtures/eventually.ts'
import { NatsLab, numbers } from '../fixtures/nats-lab.ts'
import type { TemporaryNats } from '../fixtures/nats-server.ts'
import { lacksNats, natsPrograms, temporaryNats, versionOf } from '../fixtures/nats-server.ts'

const { signal } = new AbortController()

describe.skipIf(lacksNats).each(natsPrograms().map(program => ({ program, version: versionOf(program) })))(
  'a stream of NATS $version',
  ({ program }) => {
    let server: TemporaryNats
    let link: NatsLink
    beforeAll(async () => {
      server = await temporaryNats({ program })
      link = new NatsLink({ url: server.url })
    })
    afterAll(async () => {
      await link.close()
      await server[Symbol.asyncDispose]()
    })

    /** What the stream of a lab says of itself, and how many messages it has. */
    async function streamOf({ name }: NatsLab) {
      const { manager } = await link.open()
      const { config, state } = await manager.streams.info(`${name}_0`)
      return { log: logOf(config.description), messages: state.messages, config, manager }
    }

    const named = ({ name }: NatsLab) => ({ stream: { name, subject: name } })

    /** Events of a lab, sent to its stream. */
    async function send(lab: NatsLab, count: number): Promise<void> {
      await lab.publish(count)
      const sender = lab.transport().send(0)
      await sender.send(await Array.fromAsync(lab.store.readAll({ tenantId: 'acme' })), signal)
      await sender.close()
    }

    /** As versions made it that did not say whose it is. */
    async function unmark(lab: NatsLab): Promise<void> {
      const { config, manager } = await streamOf(lab)
      await manager.streams.update(config.name, { ...config, description: describeLog() })
      expect((await streamOf(lab)).log).toBeUndefined()
    }

    it('belongs to the log that came first: another one neither sends to it nor reads it', async () => {
      await using lab = new NatsLab(server.url)
      await lab.transport().claim()
      // Before the first event.
      await using stranger = new NatsLab(server.url)
      await stranger.publish(2)
      const events = await Array.fromAsync(stranger.store.readAll({ tenantId: 'acme' }))
      const transport = stranger.transport(named(lab))
      const taken = { code: 'transport_taken', retryable: false, details: { stream: `${lab.name}_0` } }
      await expect(transport.claim()).rejects.toMatchObject(taken)
      await expect(transport.send(0).send(events, signal)).rejects.toMatchObject(taken)
      const receiver = stranger.receiver(transport)
      await expect(receiver.pull(1, AbortSignal.timeout(5_000))).rejects.toMatchObject(taken)
      await send(lab, 3)
      expect(await streamOf(lab)).toMatchObject({ messages: 3, log: expect.any(String) })
      // The same log again, as after a restart.
      await lab.transport().claim()
      expect(await lab.take(lab.receiver(lab.transport()), 3)).toEqual(numbers(3))
    })

    it('that does not say whose it is goes to the log whose events it has', async () => {
      await using lab = new NatsLab(server.url)
      await send(lab, 3)
      const { log } = await streamOf(lab)
      await unmark(lab)
      await using stranger = new NatsLab(server.url)
      for (const count of [2, 3]) {
        const claimed = stranger.transport(named(lab)).claim()
        await expect(claimed).rejects.toMatchObject({ code: 'transport_taken' })
        await stranger.publish(count)
      }
      // As long a log, of another tenant alone.
      await using another = new NatsLab(server.url)
      await another.publish(5, { tenantId: 'globex' })
      const claimed = another.transport(named(lab)).claim()
      await expect(claimed).rejects.toMatchObject({ code: 'transport_taken' })
      expect((await streamOf(lab)).log).toBeUndefined()
      expect(await lab.take(lab.receiver(lab.transport()), 3)).toEqual(numbers(3))
      const relay = lab.relay(lab.transport())
      await lab.publish(1)
      await eventually(async () => (await relay.status()).partitions[0]?.position).toBe(4)
      expect(await streamOf(lab)).toMatchObject({ log, messages: 4 })
    })

    it('keeps what it says when it is brought in line by who does not know the log', async () => {
      await using lab = new NatsLab(server.url)
      await lab.transport().claim()
      const { log } = await streamOf(lab)
      const stream = { name: lab.name, subject: lab.name, maxBytes: 1_000_000 }
      await using stranger = new NatsLab(server.url)
      expect(await stranger.transport({ stream }).topology.apply(signal)).toEqual([])
      expect(log).toBeDefined()
      const { config, log: kept } = await streamOf(lab)
      expect([kept, config.max_bytes]).toEqual([log, 1_000_000])
    })
  },
)
