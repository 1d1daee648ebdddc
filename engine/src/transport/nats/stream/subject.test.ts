import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fromSubject, fromToken, toSubject, toToken } from './subject.ts'

const text = fc.string({ unit: 'grapheme', maxLength: 30 }).filter(one => one.isWellFormed())

describe('a token of a subject', () => {
  it('is any text, and gives it back', () => {
    fc.assert(
      fc.property(text, one => {
        const token = toToken(one)
        expect(token).toMatch(/^[\w=-]+$/)
        expect(fromToken(token)).toBe(one)
      }),
      { numRuns: 500 },
    )
  })

  it('is another one for another text', () => {
    fc.assert(fc.property(text, text, (a, b) => (a === b) === (toToken(a) === toToken(b))))
  })

  it.each([
    ['subscription-events', 'subscription-events'],
    ['a.b', 'a=2Eb'],
    ['*', '=2A'],
    ['>', '=3E'],
    ['a b', 'a=20b'],
    ['', '='],
    ['_', '=5F'],
    ['ü', '=C3=BC'],
    ['=', '=3D'],
  ])('of "%s" is %s', (one, token) => {
    expect(toToken(one)).toBe(token)
  })
})

describe('a subject', () => {
  it('says what its event is', () => {
    const parts = { topic: 'orders.new', tenantId: 'acme', eventType: 'OrderPlaced' }
    const subject = toSubject('keelson.0', parts)
    expect(subject).toBe('keelson.0.orders=2Enew.acme.OrderPlaced')
    expect(fromSubject('keelson.0', subject)).toEqual(parts)
  })

  it('may leave the topic open', () => {
    const parts = { topic: undefined, tenantId: 'acme', eventType: 'OrderPlaced' }
    expect(fromSubject('k.1', toSubject('k.1', parts))).toEqual(parts)
    expect(toSubject('k.1', parts)).not.toBe(toSubject('k.1', { ...parts, topic: '_' }))
  })

  it.each(['keelson.0', 'keelson.0.a.b', 'keelson.0.a.b.c.d', 'keelson.1.a.b.c', 'other'])(
    'of somebody else is none: %s',
    subject => {
      expect(fromSubject('keelson.0', subject)).toBeUndefined()
    },
  )
})
