import { describe, expect, it } from 'vitest'
import type { JsonObject } from '../../../core/index.ts'
import { toBaseEvent, toCloudEvent } from '../../../core/index.ts'
import { eventIdsIn, maskCopies, masked } from './mask-copy.ts'

const before = {
  eventId: 'evt-1',
  eventType: 'SignedIn',
  schemaVersion: '1.0',
  tenantId: 'acme',
  source: 'test',
  occurredAt: '2026-06-11T09:00:01Z',
  correlationId: 'c',
  traceId: 't',
  payload: { email: 'anna@example.com', plan: 'pro', list: [{ name: 'Anna' }] },
  metadata: { user: 'usr-anna', entityId: 'e' },
}
const after: JsonObject = {
  ...before,
  payload: { plan: 'pro', _sd: ['d1'], kid: 'k-1', list: [{ _sd: ['d2'], kid: 'k-1' }] },
  metadata: { entityId: 'e', _sd: ['d3'], kid: 'k-1' },
}
const contents = new Map([['evt-1', { envelope: after }]])

/** Made anew: one of the text that was there tells whoever guesses it. */
const hash = expect.stringMatching(/^[0-9a-f]{16}$/)

describe('a masked copy', () => {
  it('is the very same where it is not about such an event', () => {
    const value = { eventId: 'evt-2', payload: { email: 'anna@example.com' } }
    expect(maskCopies(value, contents)).toEqual(value)
  })

  it.each([
    ['an envelope', before, after],
    ['the form of the bus', toBaseEvent(before), toBaseEvent(after as unknown as typeof before)],
  ])('has of %s what may stay', (_, copy, expected) => {
    const given = { topic: 'mail', payload: { event: copy as unknown as JsonObject } }
    expect(eventIdsIn(given)).toEqual(new Set(['evt-1']))
    expect(maskCopies(given, contents)).toEqual({ topic: 'mail', payload: { event: expected } })
  })

  it('of a CloudEvent says nothing of who it was', () => {
    const copy = maskCopies(toCloudEvent(before), contents)
    expect(JSON.stringify(copy)).not.toMatch(/anna/i)
    expect(copy).toMatchObject({ data: after['payload'] })
  })

  it('of a dead letter keeps edits of other members, and no text that was made from the event', () => {
    const letter = {
      eventId: 'evt-1',
      eventType: 'SignedIn',
      recordedAt: 1,
      attempts: [{ at: 1, name: 'Error', message: 'anna@example.com is unknown', fingerprint: 'f' }],
      edited: { payload: { ...before.payload, plan: 'free', new: 'anna' } },
      edits: [{ at: 2, by: 'ops', diff: [{ pointer: '/email', from: 'anna@example.com', to: 'x' }] }],
      reason: 'exhausted',
    }
    expect(maskCopies(letter, contents)).toEqual({
      ...letter,
      attempts: [{ at: 1, name: 'Error', message: '(removed)', fingerprint: hash }],
      edited: { payload: { ...(after['payload'] as JsonObject), plan: 'free' } },
      edits: [{ at: 2, by: 'ops', diff: [{ pointer: '/email' }] }],
    })
  })

  it('of an error keeps a name and a code that are words of a program', () => {
    const attempts = [
      { at: 1, name: 'MailError', code: 'ERR_MAIL', message: 'anna' },
      { at: 2, name: 'No Anna', code: 'anna@example.com', message: '' },
    ]
    expect(maskCopies({ eventId: 'evt-1', name: 'Its own', attempts }, contents)).toEqual({
      eventId: 'evt-1',
      name: 'Its own',
      attempts: [
        { at: 1, name: 'MailError', code: 'ERR_MAIL', message: '(removed)' },
        { at: 2, name: '(removed)', code: '(removed)', message: '(removed)' },
      ],
    })
  })

  it('has no fingerprint of what was said', () => {
    const said = (message: string, fingerprint: string) =>
      maskCopies({ eventId: 'evt-1', attempts: [{ name: 'Error', message, fingerprint }] }, contents)
    expect(said('no mailbox anna@example.com', 'a')).toEqual(said('no mailbox ben@example.com', 'b'))
    const discarded = { eventId: 'evt-1', fingerprint: 'a', by: 'ops', reason: 'a test' }
    expect(maskCopies(discarded, contents)).toEqual({ ...discarded, fingerprint: hash })
  })

  it('has nothing of an event of which nothing may stay', () => {
    const letter = { eventId: 'evt-1', edited: { payload: { a: 1 } }, error: 'anna' }
    expect(maskCopies(letter, new Map([['evt-1', {}]]))).toEqual({ eventId: 'evt-1', error: '(removed)' })
    expect(maskCopies(before, new Map([['evt-1', {}]]))).toMatchObject({ payload: null, metadata: null })
  })

  it('is masked once', () => {
    const once = maskCopies(before, contents)
    expect(maskCopies(once, contents)).toEqual(once)
  })

  it('takes the content where its shape is another one', () => {
    expect(masked({ a: { secret: 1 } }, { a: 'x' })).toEqual({ a: 'x' })
    expect(masked('secret', { a: 1 })).toEqual({ a: 1 })
    expect(masked([{ secret: 1 }, 2], [{}])).toEqual([{}])
    expect(masked({ a: 'edited' }, { a: 'x', b: 'y' })).toEqual({ a: 'edited' })
  })
})
