import { describe, expect, it } from 'vitest'
import { KeelsonError } from '../../../core/index.ts'
import { isContended, isLost, toConnectError, toStoreError } from './sql-error.ts'

const failure = (code: string | undefined, message = 'it failed') =>
  Object.assign(new Error(message), code === undefined ? {} : { code })

describe('toStoreError', () => {
  it.each([
    ['08006', 'store_unreachable'],
    ['57P01', 'store_unreachable'],
    ['ECONNREFUSED', 'store_unreachable'],
    ['EPIPE', 'store_unreachable'],
    ['53100', 'store_full'],
    ['53300', 'store_busy'],
    ['40P01', 'store_busy'],
    ['55P03', 'store_busy'],
    ['25006', 'store_unwritable'],
    ['28P01', 'store_not_permitted'],
    ['42501', 'store_not_permitted'],
    ['22021', 'read_invalid'],
    ['XX001', 'store_damaged'],
    ['42P01', 'store_failed'],
    ['23505', 'store_failed'],
  ])('of %s is %s', (code, expected) => {
    expect(toStoreError(failure(code)).code).toBe(expected)
  })

  it.each([
    'Connection terminated unexpectedly',
    'timeout exceeded when trying to connect',
    'Client has encountered a connection error and is not queryable',
  ])('of a driver that says "%s" is store_unreachable', message => {
    expect(toStoreError(failure(undefined, message)).code).toBe('store_unreachable')
  })

  it('says what the table cannot, and nothing of what was sent', () => {
    const thrown = Object.assign(failure('42P01', 'relation "x" does not exist'), {
      detail: 'Failing row contains (secret)',
      where: 'SQL statement with secret',
    })
    const error = toStoreError(thrown)
    expect(error.message).toContain('relation "x" does not exist')
    expect(error.details).toEqual({ sqlState: '42P01' })
    expect(JSON.stringify([error, error.cause, Object.entries(error.cause as object)])).not.toContain(
      'secret',
    )
  })

  it('names the server that was not reached, and why, without what the address holds beside', () => {
    const refused = Object.assign(
      new AggregateError([{ code: 'ECONNREFUSED', address: '::1', port: 5433 }]),
      {
        code: 'ECONNREFUSED',
      },
    )
    const url = 'postgres://me:secret@db.example:5433/orders?password=secret'
    const pool = { options: { connectionString: url } }
    const told = [
      [refused, undefined, /at ::1:5433 cannot be reached: nothing listens there \(ECONNREFUSED\)$/],
      [refused, pool, /at db.example:5433 cannot be reached: nothing listens/],
      [
        Object.assign(failure('ENOTFOUND'), { hostname: 'nowhere' }),
        undefined,
        /at nowhere cannot .* no such host/,
      ],
      [failure(undefined, 'The server does not support SSL connections'), pool, /:5433 .* refuses TLS$/],
      [failure('DEPTH_ZERO_SELF_SIGNED_CERT'), { options: { host: 'db' } }, /at db:5432 .* certificate/],
    ] as const
    for (const [thrown, from, message] of told) {
      const error = toStoreError(thrown, from)
      expect([error.code, error.message]).toEqual(['store_unreachable', expect.stringMatching(message)])
      expect(error.message).not.toMatch(/secret|me:|orders/)
    }
  })

  it('leaves an error of the table as it is', () => {
    const known = new KeelsonError('version_conflict')
    expect(toStoreError(known)).toBe(known)
  })
})

describe('toConnectError', () => {
  it.each([
    ['55000', 'store_unreachable', 'store_failed'],
    ['3D000', 'store_unreachable', 'store_failed'],
    ['53300', 'store_unreachable', 'store_busy'],
    ['57P03', 'store_unreachable', 'store_unreachable'],
    ['28P01', 'store_not_permitted', 'store_not_permitted'],
  ])('of %s is %s, of a statement %s', (state, ofConnection, ofStatement) => {
    const error = toConnectError(failure(state), { options: { host: 'db' } })
    expect([error.code, error.details]).toEqual([ofConnection, { sqlState: state }])
    expect(toStoreError(failure(state)).code).toBe(ofStatement)
  })
})

describe('what can be tried again', () => {
  it('is told by the code', () => {
    expect([failure('57P03'), failure('ECONNRESET'), failure('23505')].map(isLost)).toEqual([
      true,
      true,
      false,
    ])
    expect([failure('40001'), failure('40P01'), failure('57014')].map(isContended)).toEqual([
      true,
      true,
      false,
    ])
  })
})
