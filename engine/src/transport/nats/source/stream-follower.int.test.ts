import { describe, expect, it } from 'vitest'
import { NatsLink } from '../connection/nats-link.ts'
import { eventually } from '../fixtures/eventually.ts'
import { NatsLab, numbers } from '../fixtures/nats-lab.ts'
import { lacksNats, natsPrograms, temporaryNats } from '../fixtures/nats-server.ts'
import { LogMark } from '../stream/log-mark.ts'
import { checkStreamOptions } from '../stream/stream-options.ts'
import { StreamFollower } from './stream-follower.ts'

const wanted = { type: 'OrderPlaced' }

describe.skipIf(lacksNats).each(natsPrograms())('a follower of a stream, %s', program => {
  it('sees a gap behind messages that were on their way when the log was read past them', async () => {
    await using server = await temporaryNats({ program })
    await using lab = new NatsLab(server.url)
    const relay = lab.relay(lab.transport())
    const sent = (position: number) =>
      eventually(async () => (await relay.status()).partitions[0]?.position).toBe(position)
    const link = new NatsLink({ url: server.url })
    const { manager } = await link.open()
    const settings = checkStreamOptions({ name: lab.name, subject: lab.name })
    const filter = { types: [wanted.type] }
    const source = { after: 0, scope: { tenantId: 'every tenant' }, partition: 0, filter, onMore: () => {} }
    const follower = new StreamFollower(lab.store, source, { link, settings, mark: new LogMark(lab.store) })
    const given: number[] = []
    const next = async () => {
      const { events, gap } = await follower.next(AbortSignal.timeout(10_000))
      given.push(...events.map(({ position }) => position))
      return gap
    }
    await lab.publish(1, wanted)
    await lab.publish(1, { type: 'UserJoined' })
    await sent(2)
    expect([await next(), given]).toEqual([undefined, [1]])
    // What makes it read the log up to the newest message, though 999 of those before are here already.
    await manager.streams.deleteMessage(`${lab.name}_0`, 2)
    await lab.publish(1_000, wanted)
    await sent(1_002)
    expect(await follower.missing(1_002)).toBe(1_002)
    follower.passed(1_002)
    await lab.publish(3, wanted)
    await sent(1_005)
    await manager.streams.deleteMessage(`${lab.name}_0`, 1_003)
    let gap: number | undefined
    while (gap === undefined && given.at(-1) !== 1_005) gap = await next()
    expect([gap, given.slice(1)]).toEqual([1_003, []])
    follower.passed(1_003)
    while (given.at(-1) !== 1_005) await next()
    expect(given.slice(1)).toEqual(numbers(2, 1_004))
    await follower.close()
    await link.close()
  })
})
