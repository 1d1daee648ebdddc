import { randomUUID } from 'node:crypto'
import { ServiceBusClient } from '@azure/service-bus'
import { afterEach, describe, expect, it } from 'vitest'
import { startStandIn } from './index.ts'

/** A stand-in and a client of the vendor's own. */
async function start() {
  const broker = await startStandIn()
  const client = new ServiceBusClient(broker.connectionString, {
    retryOptions: { maxRetries: 3, retryDelayInMs: 20, maxRetryDelayInMs: 50, timeoutInMs: 2_000 },
  })
  open.push(async () => {
    await client.close()
    await broker.close()
  })
  return { broker, client, namespace: broker.namespace }
}

const open: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of open.splice(0)) await close()
})

const bodies = (messages: readonly { body: unknown }[]) => messages.map(({ body }) => body)

describe('a queue', () => {
  it('takes messages and batches, and gives them out in order', async () => {
    const { client, namespace } = await start()
    namespace.createQueue('q')
    const sender = client.createSender('q')
    await sender.sendMessages({ body: 0, messageId: 'a', applicationProperties: { x: 1 } })
    const batch = await sender.createMessageBatch()
    for (const body of [1, 2, 3]) batch.tryAddMessage({ body })
    await sender.sendMessages(batch)
    const receiver = client.createReceiver('q')
    const messages = await receiver.receiveMessages(4, { maxWaitTimeInMs: 1_000 })
    expect(bodies(messages)).toEqual([0, 1, 2, 3])
    expect(messages[0]).toMatchObject({ messageId: 'a', applicationProperties: { x: 1 }, deliveryCount: 0 })
    for (const message of messages) await receiver.completeMessage(message)
    expect(namespace.queue('q').activeCount).toBe(0)
  })

  it('gives back what is abandoned, keeps what is deferred, and buries what is dead', async () => {
    const { client, namespace } = await start()
    namespace.createQueue('q')
    await client.createSender('q').sendMessages([{ body: 'a' }, { body: 'b' }, { body: 'c' }])
    const receiver = client.createReceiver('q')
    const [a, b, c] = await receiver.receiveMessages(3, { maxWaitTimeInMs: 1_000 })
    if (!a || !b || !c) throw new Error('not all came')
    await receiver.abandonMessage(a, { why: 'later' })
    await receiver.deferMessage(b)
    await receiver.deadLetterMessage(c, {
      deadLetterReason: 'no',
      deadLetterErrorDescription: 'never',
      more: 1,
    })
    const [again] = await receiver.receiveMessages(1, { maxWaitTimeInMs: 1_000 })
    expect(again).toMatchObject({ body: 'a', deliveryCount: 1, applicationProperties: { why: 'later' } })
    const [deferred] = await receiver.receiveDeferredMessages([b.sequenceNumber ?? (0 as never)])
    expect(deferred?.body).toBe('b')
    if (deferred) await receiver.completeMessage(deferred)
    const dead = client.createReceiver('q', { subQueueType: 'deadLetter' })
    const [letter] = await dead.receiveMessages(1, { maxWaitTimeInMs: 1_000 })
    expect(letter).toMatchObject({ body: 'c', deadLetterReason: 'no', deadLetterErrorDescription: 'never' })
    expect(letter?.applicationProperties).toMatchObject({ more: 1 })
  })
})

describe('sessions', () => {
  it('are locked by one, are waited for, and keep a state', async () => {
    const { client, namespace } = await start()
    namespace.createQueue('s', { requiresSession: true })
    const waiting = client.acceptNextSession('s')
    const sender = client.createSender('s')
    await sender.sendMessages([
      { body: 1, sessionId: 'k' },
      { body: 2, sessionId: 'k' },
    ])
    const session = await waiting
    expect(session.sessionId).toBe('k')
    await expect(client.acceptSession('s', 'k')).rejects.toMatchObject({ code: 'SessionCannotBeLocked' })
    await session.setSessionState({ at: 1 })
    expect(await session.getSessionState()).toEqual({ at: 1 })
    const until = await session.renewSessionLock()
    expect(until.getTime()).toBeGreaterThan(Date.now() + 20_000)
    const [first] = await session.receiveMessages(1, { maxWaitTimeInMs: 1_000 })
    if (first) await session.completeMessage(first)
    await session.close()
    const other = await client.acceptSession('s', 'k')
    const rest = await other.receiveMessages(2, { maxWaitTimeInMs: 300 })
    expect(bodies(rest)).toEqual([2])
    await other.close()
    expect(namespace.queue('s').activeCount).toBe(1)
  })
})

describe('a client whose line breaks', () => {
  it('goes on where it was', async () => {
    const { broker, client, namespace } = await start()
    namespace.createQueue('q', { lockDuration: 500 })
    const sender = client.createSender('q')
    const got = new Set<unknown>()
    const receiver = client.createReceiver('q')
    receiver.subscribe({
      processMessage: async ({ body }) => {
        got.add(body)
      },
      processError: async () => undefined,
    })
    for (let index = 0; index < 100; index += 1) {
      await sender.sendMessages({ body: index, messageId: randomUUID() })
      if (index % 30 === 10) broker.disconnect()
    }
    await expect.poll(() => got.size).toBe(100)
  })
})
