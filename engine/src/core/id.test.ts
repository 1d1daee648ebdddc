import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createIdSource, eventIdPattern, platformTenant, pooledRandom, tenantIdPattern } from './id.ts'

const crockford = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
const timeOf = (ulid: string): number =>
  [...ulid.slice(0, 10)].reduce((time, letter) => time * 32 + crockford.indexOf(letter), 0)

/** An id source whose clock shows what is put there, and whose random bytes are all the same. */
function sourceAt(byte?: number) {
  const clock = { time: 0, now: () => clock.time }
  const ids = createIdSource(clock, byte === undefined ? pooledRandom() : bytes => void bytes.fill(byte))
  return { clock, ids }
}

describe('createIdSource', () => {
  it('makes ULIDs: 26 characters of Crockford base 32, the first ten the time', () => {
    const { clock, ids } = sourceAt()
    clock.time = 1_469_918_176_385
    const id = ids.ulid()
    expect(id).toMatch(/^[0-9A-HJKMNP-TV-Z]{26}$/)
    // The time of the ULID specification's example.
    expect(id.slice(0, 10)).toBe('01ARYZ6S41')
    expect(timeOf(id)).toBe(clock.time)
    clock.time = 2 ** 48 - 1
    expect(ids.ulid().slice(0, 10)).toBe('7ZZZZZZZZZ')
  })

  it('rises within a millisecond by counting up', () => {
    const { clock, ids } = sourceAt(31)
    clock.time = 1
    expect([ids.ulid(), ids.ulid(), ids.ulid()]).toEqual([
      '0000000001FZZZZZZZZZZZZZZZ',
      '0000000001G000000000000000',
      '0000000001G000000000000001',
    ])
  })

  it('rises when the clock steps back, and follows it when it is ahead again', () => {
    const { clock, ids } = sourceAt()
    clock.time = 5_000
    const first = ids.ulid()
    clock.time = 4_000
    const second = ids.ulid()
    clock.time = 5_001
    const third = ids.ulid()
    expect(second > first).toBe(true)
    expect(third > second).toBe(true)
    expect([first, second, third].map(timeOf)).toEqual([5_000, 5_000, 5_001])
  })

  it('rises whatever the clock does', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 2 ** 48 - 1 }), { minLength: 2 }),
        fc.integer({ min: 0, max: 255 }),
        (times, byte) => {
          const { clock, ids } = sourceAt(byte)
          let last = ''
          for (const time of times) {
            clock.time = time
            const id = ids.ulid()
            expect(id > last).toBe(true)
            last = id
          }
        },
      ),
    )
  })

  it('draws new randomness in each millisecond', () => {
    const { clock, ids } = sourceAt()
    const parts = new Set<string>()
    for (clock.time = 1; clock.time <= 1000; clock.time += 1) parts.add(ids.ulid().slice(10))
    expect(parts.size).toBe(1000)
  })
})

describe('pooledRandom', () => {
  it('never gives the same bytes twice, across its pool', () => {
    const fill = pooledRandom()
    const seen = new Set<string>()
    for (let round = 0; round < 600; round += 1) {
      const bytes = new Uint8Array(round % 2 === 0 ? 16 : 32)
      fill(bytes)
      seen.add(Buffer.from(bytes.subarray(0, 16)).toString('hex'))
    }
    expect(seen.size).toBe(600)
  })

  it('fills every byte, of a whole pool too', () => {
    const fill = pooledRandom()
    const counts = new Array<number>(256).fill(0)
    const bytes = new Uint8Array(4096)
    for (let round = 0; round < 8; round += 1) {
      fill(bytes)
      for (const byte of bytes) counts[byte] = (counts[byte] ?? 0) + 1
    }
    // 128 are expected of each value; a part left at zero would show as hundreds.
    expect(Math.max(...counts)).toBeLessThan(220)
    expect(Math.min(...counts)).toBeGreaterThan(50)
  })
})

describe('the patterns', () => {
  it.each(['e', 'evt-4d21ab9c', 'A.b_c:d-e', 'x'.repeat(128)])('take the event id %s', id => {
    expect(eventIdPattern.test(id)).toBe(true)
  })

  it.each(['', 'x'.repeat(129), 'a b', 'a/b', 'ü', 'a\n', '"'])('refuse the event id %j', id => {
    expect(eventIdPattern.test(id)).toBe(false)
  })

  it.each(['a', '7', 'acme-2', 'a'.repeat(64), platformTenant])('take the tenant id %s', id => {
    expect(tenantIdPattern.test(id)).toBe(true)
  })

  it.each(['', '-a', 'a-', 'A', 'a_b', 'a'.repeat(65), 'a.b', 'every tenant', 'a\n'])(
    'refuse the tenant id %j',
    id => {
      expect(tenantIdPattern.test(id)).toBe(false)
    },
  )

  it('take every id that the source makes, with its prefix', () => {
    expect(eventIdPattern.test(`evt-${createIdSource().ulid()}`)).toBe(true)
  })
})
