import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { eventually } from '../fixtures/eventually.ts'
import { NatsLab, numbers } from '../fixtures/nats-lab.ts'
import type { TemporaryNats } from '../fixtures/nats-server.ts'
import { lacksNats, temporaryNats } from '../fixtures/nats-server.ts'

/** As the README names them, for a stream `PERMITTED_0`. */
const both = ['$JS.API.STREAM.INFO.PERMITTED_0', '$JS.API.STREAM.MSG.GET.PERMITTED_0']
const relays = [...both, '$JS.API.STREAM.CREATE.PERMITTED_0', 'permitted.>']
const receives = [
  ...both,
  '$JS.API.CONSUMER.CREATE.PERMITTED_0',
  '$JS.API.CONSUMER.MSG.NEXT.PERMITTED_0.*',
  '$JS.API.CONSUMER.DELETE.PERMITTED_0.*',
]
const user = (name: string, publish: readonly string[]) =>
  `{ user: ${name}, password: pw, permissions: { publish: ${JSON.stringify(publish)}, subscribe: "_INBOX.>" } }`

describe.skipIf(lacksNats)('permissions', () => {
  let server: TemporaryNats
  beforeAll(async () => {
    const users = [user('relay', relays), user('receiver', receives), user('nobody', ['none'])]
    server = await temporaryNats({ config: `authorization { users: [ ${users.join(', ')} ] }` })
  })
  afterAll(() => server[Symbol.asyncDispose]())

  it('that are named are enough, each for its own', async () => {
    await using lab = new NatsLab(server.url)
    const stream = { name: 'PERMITTED', subject: 'permitted' }
    const as = (name: string) =>
      lab.transport({ url: server.url.replace('//', `//${name}:pw@`), stream, lookEvery: 600_000 })
    await lab.publish(200)
    const relay = lab.relay(as('relay'))
    await eventually(async () => (await relay.status()).partitions[0]?.position).toBe(200)
    const transport = as('receiver')
    expect(await lab.take(lab.receiver(transport), 200)).toEqual(numbers(200))
    expect(transport.status()).toMatchObject({ fromStream: 200, fromLog: 0 })
  })

  it('that are missing are told as such', async () => {
    await using lab = new NatsLab(server.url)
    const stream = { name: 'PERMITTED', subject: 'permitted' }
    const transport = lab.transport({ url: server.url.replace('//', '//nobody:pw@'), stream })
    const denied = { code: 'transport_denied', retryable: false }
    await expect(transport.send(0).begin()).rejects.toMatchObject(denied)
    await expect(lab.receiver(transport).pull(1, AbortSignal.timeout(5_000))).rejects.toMatchObject(denied)
    await lab.publish(1)
    const relay = lab.relay(transport)
    await eventually(async () => (await relay.status()).partitions[0]?.error?.code).toBe('transport_denied')
  })
})
