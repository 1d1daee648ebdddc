import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { KeelsonError } from '../../../core/index.ts'
import { fingerprintOf, generalise } from './fingerprint.ts'

describe('a message without what changes', () => {
  it.each([
    ['Order 1234 not found', 'Order # not found'],
    ['user 0198c0de-7d4f-7a51-b0aa-51b1bb2a2c11 is gone', 'user # is gone'],
    ['took 12.5 ms, limit 10', 'took # ms, limit #'],
    ['connect ECONNREFUSED 10.0.0.7:5432', 'connect ECONNREFUSED #'],
    ['at 2026-11-21T15:30:12.123Z', 'at #'],
    ['at load (store.ts:12:5)', 'at load (store.ts:#)'],
    ['  two\n lines ', 'two lines'],
    ['item7 of item1234', 'item# of item#'],
    ['evt_8f2kq1zz failed', '# failed'],
    ['key V1StGXR8_Z5jdHi6B-myT', 'key #'],
    ['nothing to replace, really.', 'nothing to replace, really.'],
    ['a column "name" is read-only', 'a column "name" is read-only'],
    ['', ''],
  ])('%j', (message, general) => {
    expect(generalise(message)).toBe(general)
  })

  it('is the same whichever id stood in it', () => {
    fc.assert(
      fc.property(fc.uuid(), fc.uuid(), fc.nat(), fc.nat(), (a, b, m, n) => {
        expect(generalise(`event ${a} of tenant-${m} at ${m}:${n}`)).toBe(
          generalise(`event ${b} of tenant-${n} at ${n}:${m}`),
        )
      }),
    )
  })

  it('is made of the beginning of a long one', () => {
    expect(generalise('1,'.repeat(1_000_000)).length).toBeLessThanOrEqual(1_000)
    expect(generalise(`${'a-'.repeat(1_000_000)}1`).length).toBeLessThanOrEqual(1_000)
  })
})

describe('a fingerprint', () => {
  it('is sixteen hexadecimal digits, of anything', () => {
    for (const thrown of [new Error('x'), 'x', undefined, { a: 1 }, new KeelsonError('store_busy')])
      expect(fingerprintOf(thrown)).toMatch(/^[0-9a-f]{16}$/)
  })

  it('is the same for the same fault in another event and at another place', () => {
    const of = (id: string) =>
      new TypeError(`No order ${id}`, { cause: new Error(`row ${id} at file.ts:${id}`) })
    expect(fingerprintOf(of('17'))).toBe(fingerprintOf(of('4711')))
  })

  it('tells names, codes, messages and causes apart', () => {
    const all = [
      new Error('a'),
      new Error('b'),
      new TypeError('a'),
      new Error('a', { cause: new Error('b') }),
      Object.assign(new Error('a'), { code: 'EPIPE' }),
      new KeelsonError('store_busy', 'a'),
      new KeelsonError('store_full', 'a'),
      'a',
    ]
    expect(new Set(all.map(fingerprintOf)).size).toBe(all.length)
  })

  it('stays as it is from release to release', () => {
    expect(fingerprintOf(new Error('Order 1234 not found'))).toBe('8accdd642b42a2c1')
  })
})
