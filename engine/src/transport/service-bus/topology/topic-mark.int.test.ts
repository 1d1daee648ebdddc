import { describe, expect, it } from 'vitest'
import { createMemoryStore } from '../../../store/memory/index.ts'
import { sampleEvent } from '../../../testing/index.ts'
import { logOf } from '../../record/log-identity.ts'
import { never, setUp, spec } from '../fixtures/bus-setup.ts'

const taken = { code: 'transport_taken', retryable: false, details: { topic: 'keelson.events' } }

/** A broker with the topic, the one log that it is to be of, and another. */
async function shared() {
  const bus = await setUp()
  const other = createMemoryStore()
  await other.append('acme', [{ stream: 's', expected: 'any', events: [sampleEvent('acme')] }])
  await bus.administration.createTopic('keelson.events', { requiresDuplicateDetection: true })
  return Object.assign(bus, {
    other,
    theirs: bus.transport({}, other),
    events: await Array.fromAsync(other.readAll({ tenantId: 'acme' })),
    metadata: async () => (await bus.administration.getTopic('keelson.events')).userMetadata,
    received: () => bus.broker.namespace.queue('keelson.events/Subscriptions/own').activeCount,
  })
}

describe('a topic', () => {
  it('belongs to the log that came first: another one neither sends to it nor receives from it', async () => {
    await using bus = await shared()
    await bus.transport().claim()
    expect(logOf(await bus.metadata())).toBeDefined()
    await bus.transport().topology([spec]).apply(never())
    await expect(bus.theirs.claim()).rejects.toMatchObject(taken)
    const sender = bus.theirs.send?.(0)
    await sender?.begin()
    await expect(sender?.send(bus.events, never())).rejects.toMatchObject(taken)
    await sender?.close()
    const receiver = bus.receive(bus.theirs, { subscription: 'stranger' })
    await expect(receiver.pull(1, AbortSignal.timeout(5_000))).rejects.toMatchObject(taken)
    expect(bus.received()).toBe(0)
    // The same log again, as after a restart.
    await bus.transport().claim()
    await bus.publish([{}])
    expect(bus.received()).toBe(1)
  })

  it('is taken by who first sends to it, and keeps what was written there', async () => {
    await using bus = await shared()
    await bus.administration.updateTopic({
      ...(await bus.administration.getTopic('keelson.events')),
      userMetadata: 'Owned by payments',
    })
    await bus.publish([{}])
    expect(await bus.metadata()).toMatch(/^Owned by payments: log [\da-f-]{36}$/)
    await expect(bus.theirs.claim()).rejects.toMatchObject(taken)
  })

  it('that is made after the first try to send to it is looked at again', async () => {
    await using bus = await shared()
    await bus.administration.deleteTopic('keelson.events')
    const sender = bus.theirs.send?.(0)
    await bus.theirs.claim()
    await expect(sender?.send(bus.events, never())).rejects.toMatchObject({ code: 'topology_drifted' })
    await bus.transport().topology([spec]).apply(never())
    await bus.transport().claim()
    await expect(sender?.send(bus.events, never())).rejects.toMatchObject(taken)
    await sender?.close()
  })

  it('is sent to by who may not ask whose it is', async () => {
    await using bus = await shared()
    bus.broker.administration.isDenied = true
    const sender = bus.theirs.send?.(0)
    expect(await sender?.send(bus.events, never())).toEqual([{ duplicate: false }])
    await sender?.close()
  })
})
