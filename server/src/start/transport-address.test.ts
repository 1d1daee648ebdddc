import { describe, expect, it } from 'vitest'
import { hasSecret } from './addresses.ts'
import { shownTransport, transportKind } from './transport-address.ts'

const bus = 'Endpoint=sb://own.servicebus.windows.net/;SharedAccessKeyName=root;SharedAccessKey=hunter2='

describe('the address of a transport', () => {
  it.each([
    [undefined, 'embedded', 'embedded', false],
    ['embedded', 'embedded', 'embedded', false],
    ['nats://127.0.0.1:4222', 'nats', 'nats://127.0.0.1:4222', false],
    ['nats://me:hunter2@one:4222,nats://two:4222', 'nats', 'nats://one:4222,nats://two:4222', true],
    ['nats://hunter2@one', 'nats', 'nats://one', true],
    ['tls://me:hunter2@one:4222/?a=hunter2', 'nats', 'nats://one:4222', true],
    [bus, 'service-bus', 'sb://own.servicebus.windows.net', true],
    [`${bus};UseDevelopmentEmulator=true`, 'service-bus', 'sb://own.servicebus.windows.net', true],
  ] as const)('%s', (address, kind, shown, isSecret) => {
    expect([transportKind(address), shownTransport(address)]).toEqual([kind, shown])
    if (address !== undefined) expect(hasSecret(address)).toBe(isSecret)
  })

  it.each(['', 'kafka://hunter2', 'http://hunter2', 'sb://hunter2'])('is refused for %j', address => {
    let said = ''
    try {
      transportKind(address)
    } catch (error) {
      said = (error as Error).message
    }
    expect(said).toContain('nats://host:4222')
    expect(said).not.toContain('hunter2')
  })
})
