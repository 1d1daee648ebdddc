import { ServiceBusClient } from '@azure/service-bus'
import { afterEach, describe, expect, it } from 'vitest'
import { ManualAlarm } from '../../src/testing/transport-contract/manual-alarm.ts'
import { startStandIn } from './index.ts'

const open: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of open.splice(0)) await close()
})

async function start() {
  const alarm = new ManualAlarm()
  const broker = await startStandIn({ alarm })
  const client = new ServiceBusClient(broker.connectionString, {
    retryOptions: { maxRetries: 0, timeoutInMs: 2_000 },
  })
  open.push(async () => {
    await client.close()
    await broker.close()
  })
  return { alarm, broker, client, namespace: broker.namespace }
}

const wait = { maxWaitTimeInMs: 300 }
const bodies = (messages: readonly { body: unknown }[]) => messages.map(({ body }) => body)

describe('time', () => {
  it('takes a lock away, and counts it', async () => {
    const { alarm, client, namespace } = await start()
    namespace.createQueue('q', { lockDuration: 10_000, maxDeliveryCount: 2 })
    await client.createSender('q').sendMessages({ body: 'a' })
    const receiver = client.createReceiver('q', { maxAutoLockRenewalDurationInMs: 0 })
    const [first] = await receiver.receiveMessages(1, wait)
    if (!first) throw new Error('nothing came')
    alarm.advance(9_000)
    expect((await receiver.renewMessageLock(first)).getTime()).toBe(alarm.now() + 10_000)
    alarm.advance(9_999)
    expect(await receiver.receiveMessages(1, wait)).toEqual([])
    alarm.advance(1)
    await expect(receiver.completeMessage(first)).rejects.toMatchObject({ code: 'MessageLockLost' })
    const [second] = await receiver.receiveMessages(1, wait)
    expect(second?.deliveryCount).toBe(1)
    alarm.advance(10_000)
    await expect.poll(() => namespace.queue('q/$DeadLetterQueue').activeCount).toBe(1)
    const [dead] = await client.createReceiver('q', { subQueueType: 'deadLetter' }).receiveMessages(1, wait)
    expect(dead?.deadLetterReason).toBe('MaxDeliveryCountExceeded')
  })

  it('takes a session away', async () => {
    const { alarm, client, namespace } = await start()
    namespace.createQueue('s', { requiresSession: true, lockDuration: 10_000 })
    await client.createSender('s').sendMessages({ body: 1, sessionId: 'k' })
    const session = await client.acceptSession('s', 'k', { maxAutoLockRenewalDurationInMs: 0 })
    const [message] = await session.receiveMessages(1, wait)
    alarm.advance(10_000)
    await expect.poll(() => session.isClosed).toBe(true)
    if (message)
      await expect(session.completeMessage(message)).rejects.toMatchObject({ code: 'SessionLockLost' })
    const next = await client.acceptNextSession('s', { maxAutoLockRenewalDurationInMs: 0 })
    expect((await next.receiveMessages(1, wait))[0]).toMatchObject({ body: 1, deliveryCount: 1 })
    await next.close()
    await expect(
      client.acceptSession('s', 'k').then(one => one.receiveMessages(1, wait)),
    ).resolves.toMatchObject([{ deliveryCount: 1 }])
  })

  it('brings what is scheduled, and ends what is mortal', async () => {
    const { alarm, client, namespace } = await start()
    namespace.createQueue('q', { deadLettersExpired: true })
    const sender = client.createSender('q')
    const later = new Date(alarm.now() + 60_000)
    const [kept, cancelled] = await sender.scheduleMessages([{ body: 'kept' }, { body: 'cancelled' }], later)
    if (kept === undefined || cancelled === undefined) throw new Error('no numbers')
    await sender.cancelScheduledMessages(cancelled)
    await sender.sendMessages({ body: 'in a batch', scheduledEnqueueTimeUtc: later })
    await sender.sendMessages({ body: 'mortal', timeToLive: 5_000 })
    const receiver = client.createReceiver('q', { receiveMode: 'receiveAndDelete' })
    alarm.advance(5_000)
    expect(await receiver.receiveMessages(1, wait)).toEqual([])
    alarm.advance(55_000)
    expect(bodies(await receiver.receiveMessages(2, wait))).toEqual(['kept', 'in a batch'])
    const [dead] = await client.createReceiver('q', { subQueueType: 'deadLetter' }).receiveMessages(1, wait)
    expect(dead).toMatchObject({ body: 'mortal', deadLetterReason: 'TTLExpiredException' })
  })

  it('ends the window in which a repeat is dropped', async () => {
    const { alarm, client, namespace } = await start()
    namespace.createQueue('q', { duplicateWindow: 20_000 })
    const sender = client.createSender('q')
    const message = { body: 'a', messageId: 'm' }
    await sender.sendMessages([message, message])
    alarm.advance(19_999)
    await sender.sendMessages(message)
    expect(namespace.queue('q').activeCount).toBe(1)
    alarm.advance(1)
    await sender.sendMessages(message)
    expect(namespace.queue('q').activeCount).toBe(2)
  })
})

describe('a topic', () => {
  it('gives each subscription what its rules match, and rules can be changed', async () => {
    const { client, namespace } = await start()
    namespace.createTopic('t')
    for (const name of ['all', 'some']) namespace.createSubscription('t', name)
    const rules = client.createRuleManager('t', 'some')
    await rules.createRule('large', { sqlExpression: 'user.size > 5' })
    await rules.createRule('red', { subject: 'red', applicationProperties: { kind: 'a' } })
    await rules.deleteRule('$Default')
    const found = await Array.fromAsync(rules.listRules())
    expect(found.map(({ name }) => name)).toEqual(['large', 'red'])
    expect(found[0]?.filter).toEqual({ sqlExpression: 'user.size > 5' })
    expect(found[1]?.filter).toMatchObject({ subject: 'red', applicationProperties: { kind: 'a' } })
    await expect(rules.createRule('bad', { sqlExpression: 'size >' })).rejects.toThrow(/invalid/)
    const sizes = [1, 6, 2].map(size => ({ body: size, applicationProperties: { size } }))
    await client
      .createSender('t')
      .sendMessages([...sizes, { body: 'r', subject: 'red', applicationProperties: { kind: 'a' } }])
    expect(bodies(await client.createReceiver('t', 'some').peekMessages(10))).toEqual([6, 'r'])
    expect(namespace.queue('t/Subscriptions/all').activeCount).toBe(4)
  })

  it('gives more messages over one link than rhea keeps deliveries', async () => {
    const { client, namespace } = await start()
    namespace.createQueue('q')
    const sender = client.createSender('q')
    for (let at = 0; at < 3_000; at += 500)
      await sender.sendMessages(Array.from({ length: 500 }, (_, index) => ({ body: at + index })))
    const got: unknown[] = []
    client.createReceiver('q').subscribe(
      {
        processMessage: async ({ body }) => {
          got.push(body)
        },
        processError: async () => undefined,
      },
      { maxConcurrentCalls: 50 },
    )
    await expect.poll(() => got.length).toBe(3_000)
    expect(got).toEqual(got.toSorted((a, b) => Number(a) - Number(b)))
  })
})

describe('what is refused', () => {
  it('is so in the words of Azure', async () => {
    const { broker, client, namespace } = await start()
    namespace.createQueue('s', { requiresSession: true })
    const missing = { code: 'MessagingEntityNotFound' }
    await expect(client.createSender('none').sendMessages({ body: 1 })).rejects.toMatchObject(missing)
    await expect(client.createReceiver('none').receiveMessages(1, wait)).rejects.toMatchObject(missing)
    await expect(client.acceptNextSession('none')).rejects.toMatchObject(missing)
    await expect(client.createSender('s').sendMessages({ body: 1 })).rejects.toThrow(/session/)
    await expect(client.createReceiver('s').receiveMessages(1, wait)).rejects.toThrow(/session/)
    await expect(client.acceptNextSession('s')).rejects.toMatchObject({ code: 'ServiceTimeout' })
    namespace.address('s').isFull = true
    await expect(client.createSender('s').sendMessages({ body: 1, sessionId: 'k' })).rejects.toMatchObject({
      code: 'QuotaExceeded',
    })
    broker.deniesTokens = true
    await expect(client.createSender('s').sendMessages({ body: 1 })).rejects.toMatchObject({
      code: 'UnauthorizedAccess',
    })
  })
})
