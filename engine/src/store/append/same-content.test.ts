import { describe, expect, it } from 'vitest'
import type { CompleteEvent, JsonObject } from '../../core/index.ts'
import { canonicalJson, filledBit, runInContext } from '../../core/index.ts'
import { disclosureAad, hideFields, sealDisclosures } from '../../proof/index.ts'
import { sampleEvent } from '../../testing/index.ts'
import type { Content } from './same-content.ts'
import { isSameContent } from './same-content.ts'

const place = { tenantId: 'acme', sequence: 7 }
/** Whether they are the same as one that was stored and one that is sent again, of which nothing is hidden. */
const isSame = (stored: Content, given: Content): boolean =>
  isSameContent({ ...place, ...stored, secrets: '' }, { ...given, secrets: [] })

describe('isSameContent', () => {
  const prepared = (event: CompleteEvent) => ({ body: canonicalJson(event.envelope), filled: event.filled })
  const sent = (overrides = {}) => prepared(sampleEvent('acme', { eventId: 'e', ...overrides }))

  it('passes over what was filled in anew', () => {
    const [first, again] = [sent(), sent()]
    expect(first.body).not.toBe(again.body)
    expect(isSame(first, again)).toBe(true)
  })

  it.each([
    { payload: { other: true } },
    { eventType: 'Other' },
    { occurredAt: '2026-06-11T09:00:02Z' },
    { source: 'elsewhere' },
    { metadata: { user: 'u' } },
    { aggregateId: '7' },
  ])('sees a difference in %j', overrides => {
    expect(isSame(sent(), sent(overrides))).toBe(false)
    expect(isSame(sent(overrides), sent())).toBe(false)
    expect(isSame(sent(overrides), sent(overrides))).toBe(true)
  })

  it('knows an event again that came within a request the first time', () => {
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'
    const first = runInContext({ traceparent, causationId: 'evt-0' }, () => sent())
    expect(first.filled & filledBit('traceparent')).not.toBe(0)
    expect(isSame(first, sent())).toBe(true)
    expect(isSame(sent(), first)).toBe(true)
  })

  it('takes bodies that are equal as equal, whoever wrote their members', () => {
    const whole = (filled: number) => ({ body: '{"eventId":"e","source":"s"}', filled })
    expect(isSame(whole(filledBit('source')), whole(0))).toBe(true)
    expect(isSame(whole(filledBit('source')), { body: '{"eventId":"e","source":"t"}', filled: 0 })).toBe(
      false,
    )
  })
})

describe('isSameContent of hidden fields', () => {
  const keys = { 'k-a': new Uint8Array(32).fill(1), 'k-b': new Uint8Array(32).fill(2) }

  /** An event whose name is hidden, as it is given; what is stored of it besides. */
  function hidden(name: string, eventId: string, kid: keyof typeof keys) {
    const envelope = { eventId, payload: { name, plan: 'team' } }
    const key = keys[kid]
    const { body, disclosures } = hideFields(envelope, [{ pointer: '/payload/name', kid, key }], eventId)
    const texts = disclosures.get(kid) ?? []
    const sealed = sealDisclosures(key, disclosureAad(place.tenantId, place.sequence, kid), texts)
    const content = { body: canonicalJson(body as JsonObject), filled: filledBit('eventId') }
    return {
      given: { ...content, secrets: [{ kid, key, disclosures: texts }] },
      stored: { ...content, ...place, secrets: `${kid}:${Buffer.from(sealed).toString('base64url')}` },
    }
  }

  it('compares what they say, though the digests differ with the id', () => {
    const { stored } = hidden('Ada', 'first', 'k-a')
    const { given } = hidden('Ada', 'second', 'k-a')
    expect(stored.body).not.toBe(given.body)
    expect(isSameContent(stored, given)).toBe(true)
    expect(isSameContent(stored, hidden('Eve', 'second', 'k-a').given)).toBe(false)
  })

  it('leaves them out where they cannot be opened any more', () => {
    const { stored } = hidden('Ada', 'first', 'k-a')
    const erased = { ...stored, secrets: '' }
    expect(isSameContent(erased, hidden('Ada', 'first', 'k-b').given)).toBe(true)
    const other = hidden('Ada', 'first', 'k-b').given
    const changed = { ...other, body: other.body.replace('team', 'solo') }
    expect(isSameContent(erased, changed)).toBe(false)
  })
})
