import { describe, expect, it } from 'vitest'
import { parseAddress } from './server-address.ts'

describe('the address of a server', () => {
  it.each([
    ['nats://one', { servers: ['one:4222'] }],
    ['one:5222', { servers: ['one:5222'] }],
    ['nats://one:1,nats://two:2', { servers: ['one:1', 'two:2'] }],
    ['tls://one', { servers: ['one:4222'], tls: {} }],
    ['nats://user:s%40fe@one', { servers: ['one:4222'], user: 'user', pass: 's@fe' }],
    ['nats://token@one', { servers: ['one:4222'], token: 'token' }],
    ['nats://[::1]:4222', { servers: ['[::1]:4222'] }],
  ])('%s is read', (address, options) => {
    expect(parseAddress(address)).toEqual(options)
  })

  it.each(['', 'http://one', 'nats://', 'nats://user:secret@', 'nats://user:secret@one:99999'])(
    '%s is refused, and not shown',
    address => {
      let thrown: unknown
      try {
        parseAddress(address)
      } catch (error) {
        thrown = error
      }
      expect(thrown).toMatchObject({ code: 'delivery_options_invalid' })
      expect(String(thrown)).not.toContain('secret')
    },
  )
})
