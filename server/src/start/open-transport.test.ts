import { createMemoryStore } from 'keelson/memory'
import { describe, expect, it } from 'vitest'
import { openTransport } from './open-transport.ts'

const open = (address?: string) =>
  openTransport(createMemoryStore(), {
    address,
    serverId: 'here',
    contexts: [],
    onRelayError: () => undefined,
  })

describe('a transport', () => {
  it('is the log itself unless a broker is named', async () => {
    const { transport, log, relay } = await open()
    expect([transport.capabilities.name, transport === log, relay]).toEqual(['embedded', true, undefined])
  })

  it.each([
    ['nats://127.0.0.1:1', 'nats'],
    ['Endpoint=sb://own.example/;SharedAccessKeyName=k;SharedAccessKey=a2V5', 'service-bus'],
    [
      'Endpoint=sb://127.0.0.1:1;SharedAccessKeyName=k;SharedAccessKey=x;UseDevelopmentEmulator=true',
      'service-bus',
    ],
  ])(
    'of %s is opened before its broker answers, and closed all the same',
    async (address, name) => {
      const { transport, log, relay } = await open(address)
      expect([transport.capabilities.name, log.capabilities.name]).toEqual([name, 'embedded'])
      await relay?.close()
      await transport.close()
    },
    20_000,
  )

  it.each(['Endpoint=sb://', 'Endpoint=sb://own.example/;SharedAccessKey=hunter2', 'amqp://hunter2'])(
    'is refused for %s, and no secret is repeated',
    async address => {
      const refused = await open(address).catch(error => error)
      expect(refused).toMatchObject({ status: 400 })
      expect(String(refused.message)).not.toContain('hunter2')
    },
  )
})
