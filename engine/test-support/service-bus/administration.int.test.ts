import { ServiceBusAdministrationClient } from '@azure/service-bus'
import { afterEach, describe, expect, it } from 'vitest'
import type { StandIn } from './index.ts'
import { plainHttp, startStandIn } from './index.ts'

const open: StandIn[] = []
afterEach(async () => {
  for (const broker of open.splice(0)) await broker.close()
})

async function start() {
  const broker = await startStandIn()
  open.push(broker)
  return {
    broker,
    client: plainHttp(
      new ServiceBusAdministrationClient(broker.connectionString),
      broker.administration.port,
    ),
  }
}

describe('the administration', () => {
  it('makes topics, shows, changes and removes them', async () => {
    const { client, broker } = await start()
    await client.createTopic('a/b', {
      requiresDuplicateDetection: true,
      duplicateDetectionHistoryTimeWindow: 'PT5M',
    })
    expect(broker.namespace.address('A/B').options.duplicateWindow).toBe(300_000)
    const topic = await client.getTopic('a/b')
    expect(topic).toMatchObject({ name: 'a/b', requiresDuplicateDetection: true, supportOrdering: true })
    await client.updateTopic({ ...topic, userMetadata: '<&"> ü' })
    expect((await client.getTopic('a/b')).userMetadata).toBe('<&"> ü')
    await expect(client.createTopic('a/b')).rejects.toMatchObject({ code: 'MessageEntityAlreadyExistsError' })
    expect((await Array.fromAsync(client.listTopics())).map(({ name }) => name)).toEqual(['a/b'])
    await client.deleteTopic('a/b')
    await expect(client.getTopic('a/b')).rejects.toMatchObject({ code: 'MessageEntityNotFoundError' })
  })

  it('makes subscriptions with a rule, and counts what they hold', async () => {
    const { client, broker } = await start()
    await client.createTopic('t')
    const rule = { name: 'own', filter: { sqlExpression: "user.a < 2 AND user.b <> 'x & y'" } }
    await client.createSubscription('t', 's', {
      requiresSession: true,
      lockDuration: 'PT30S',
      maxDeliveryCount: 3,
      defaultRuleOptions: rule,
    })
    const found = await client.getSubscription('t', 's')
    expect(found).toMatchObject({
      topicName: 't',
      subscriptionName: 's',
      requiresSession: true,
      maxDeliveryCount: 3,
      lockDuration: 'PT30S',
    })
    expect((await client.getRule('t', 's', 'own')).filter).toEqual({
      ...rule.filter,
      sqlParameters: undefined,
    })
    broker.namespace
      .address('t')
      .send([1, 2, 3].map(a => ({ body: a, group_id: 'k', application_properties: { a, b: 'c' } })))
    expect(await client.getSubscriptionRuntimeProperties('t', 's')).toMatchObject({
      activeMessageCount: 1,
      deadLetterMessageCount: 0,
    })
    await client.createRule('t', 's', 'more', { sqlExpression: 'user.a = 3' })
    await client.updateRule('t', 's', {
      ...(await client.getRule('t', 's', 'more')),
      filter: { correlationId: 'c' },
    })
    const rules = await Array.fromAsync(client.listRules('t', 's'))
    expect(rules.map(({ name }) => name)).toEqual(['own', 'more'])
    expect(rules[1]?.filter).toMatchObject({ correlationId: 'c' })
    await client.deleteRule('t', 's', 'more')
    expect(await Array.fromAsync(client.listRules('t', 's'))).toHaveLength(1)
    await client.updateSubscription({ ...found, maxDeliveryCount: 9 })
    expect(broker.namespace.queue('t/Subscriptions/s').options.maxDeliveryCount).toBe(9)
    expect((await Array.fromAsync(client.listSubscriptions('t'))).map(one => one.subscriptionName)).toEqual([
      's',
    ])
    await client.deleteSubscription('t', 's')
    await expect(client.getSubscription('t', 's')).rejects.toMatchObject({
      code: 'MessageEntityNotFoundError',
    })
  })

  it('refuses who may not', async () => {
    const { client, broker } = await start()
    broker.administration.isDenied = true
    await expect(client.getTopic('t')).rejects.toMatchObject({ code: 'UnauthorizedRequestError' })
  })
})
