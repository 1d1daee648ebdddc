import { describe, expect, it } from 'vitest'
import { hasPassword } from './addresses.ts'
import { databaseAddress } from './database-address.ts'

describe('the address of a database', () => {
  it.each([
    ['postgres://me:hunter2@db.example:5433/events', 'postgres://me@db.example:5433/events', true],
    ['postgresql://db.example/events?sslmode=require', 'postgres://db.example/events', false],
    ['postgres://db.example/events?password=hunter2', 'postgres://db.example/events', true],
    ['postgres:///events?host=/run/postgresql', 'postgres:///events', false],
  ])('%s is shown as %s', (url, shown, isSecret) => {
    expect([databaseAddress(url), hasPassword(url)]).toEqual([shown, isSecret])
  })

  it.each(['', 'hunter2', 'http://me:hunter2@a/b', 'postgres://a:hunter2', 'postgres://me:hunter2@a b/c'])(
    'is refused as %j, which is not repeated',
    url => {
      expect(() => databaseAddress(url)).toThrow(
        expect.objectContaining({ code: 'request_invalid', message: expect.not.stringContaining('hunter2') }),
      )
    },
  )
})
