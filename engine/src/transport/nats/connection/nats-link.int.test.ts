import { once } from 'node:events'
import type { Socket } from 'node:net'
import { createServer } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { KeelsonError } from '../../../core/index.ts'
import { cuttingProxy } from '../fixtures/cutting-proxy.ts'
import { eventually } from '../fixtures/eventually.ts'
import type { TemporaryNats } from '../fixtures/nats-server.ts'
import { lacksNats, temporaryNats } from '../fixtures/nats-server.ts'
import { NatsLink } from './nats-link.ts'

/** Something that greets as a server of a version does, and answers as far as a client asks before its first request. */
async function greeter(version: string) {
  const sockets = new Set<Socket>()
  const server = createServer(socket => {
    sockets.add(socket)
    const info = {
      server_id: 'S',
      server_name: 'S',
      version,
      proto: 1,
      headers: true,
      max_payload: 1_048_576,
    }
    socket.write(`INFO ${JSON.stringify({ ...info, host: '127.0.0.1', port: 1, jetstream: true })}\r\n`)
    socket.on('data', data => {
      if (data.includes('PING')) socket.write('PONG\r\n')
    })
    socket.on('error', () => undefined)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('No port is free')
  return {
    url: `nats://127.0.0.1:${address.port}`,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}

describe.skipIf(lacksNats)('the way to a server', () => {
  let server: TemporaryNats
  beforeAll(async () => {
    server = await temporaryNats({ config: 'authorization { user: keelson, password: "s3cret-word" }' })
  })
  afterAll(() => server[Symbol.asyncDispose]())
  const at = (who: string) => server.url.replace('//', `//${who}@`)

  it('is found with the credentials of its address', async () => {
    const link = new NatsLink({ url: at('keelson:s3cret-word') })
    const { version } = await link.open()
    expect(version.length).toBe(3)
    expect(link.status()).toMatchObject({ isConnected: true, reconnects: 0, error: undefined })
    await link.close()
    await link.close()
    await expect(link.open()).rejects.toMatchObject({ code: 'transport_unreachable' })
  })

  it('is denied with wrong ones, and they are not told', async () => {
    for (const who of ['keelson:wr0ng-word', 'tok3n-word']) {
      const link = new NatsLink({ url: at(who) })
      const error: unknown = await link.open().catch((thrown: unknown) => thrown)
      expect(error).toMatchObject({ code: 'transport_denied', retryable: false })
      expect(link.status().error).toBe(error)
      expect(JSON.stringify([error, String(error), (error as Error).cause ?? ''])).not.toMatch(/word/)
      await link.close()
    }
  })

  it('is not there where nothing listens, and is found when something does', async () => {
    await using other = await temporaryNats({ isStarted: false })
    const link = new NatsLink({ url: other.url.replace('//', '//user:s3cret@') })
    const error: unknown = await link.open().catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ code: 'transport_unreachable', retryable: true })
    expect(String(error)).not.toContain('s3cret')
    await other.start()
    expect((await link.open()).connection.isClosed()).toBe(false)
    await link.close()
  })

  it.each(['2.8.4', '2.8.99', '0.0.1'])('is refused to a server of version %s', async version => {
    await using old = await greeter(version)
    const link = new NatsLink({ url: old.url })
    await expect(link.open()).rejects.toMatchObject({
      code: 'transport_too_old',
      details: { version, oldest: '2.9.0' },
    })
    await link.close()
  })

  it('is found again when it was cut, and tells so', async () => {
    await using proxy = await cuttingProxy(server.port)
    const link = new NatsLink({ url: proxy.url.replace('//', '//keelson:s3cret-word@') })
    const states: boolean[] = []
    link.onChange(() => states.push(link.status().isConnected))
    await link.open()
    proxy.shut()
    await eventually(() => link.status().isConnected).toBe(false)
    await expect(link.open()).rejects.toMatchObject({ code: 'transport_unreachable' })
    proxy.open()
    await eventually(() => link.status().isConnected).toBe(true)
    await expect(link.open()).resolves.toBeDefined()
    expect(link.status().reconnects).toBe(1)
    expect(states).toEqual([false, true])
    await link.close()
  })

  it('may be a connection of somebody else, which stays open', async () => {
    const { connect } = await import('@nats-io/transport-node')
    const connection = await connect({ port: server.port, user: 'keelson', pass: 's3cret-word' })
    const link = new NatsLink({ connection })
    expect((await link.open()).connection).toBe(connection)
    await link.close()
    expect(connection.isClosed()).toBe(false)
    await connection.close()
    await expect(new NatsLink({ connection }).open()).rejects.toMatchObject({ code: 'transport_unreachable' })
  })

  it('is one or the other', () => {
    expect(() => new NatsLink({})).toThrow(expect.objectContaining({ code: 'delivery_options_invalid' }))
  })

  it('closes while a server that hangs has not let it in', async () => {
    await using server = await temporaryNats()
    server.hang()
    const link = new NatsLink({ url: server.url, connect: { timeout: 1_000 } })
    const opened = link.open().then(
      () => 'opened',
      (error: KeelsonError) => error.code,
    )
    expect(await Promise.race([link.close().then(() => 'closed'), opened])).toBe('closed')
    expect(await opened).toBe('transport_unreachable')
  })
})
