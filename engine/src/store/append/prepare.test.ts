import { describe, expect, it } from 'vitest'
import type { CompleteEvent } from '../../core/index.ts'
import { canonicalJson } from '../../core/index.ts'
import { commitBody } from '../../proof/index.ts'
import { sampleEvent } from '../../testing/index.ts'
import type { StreamWrite } from '../types.ts'
import { commitBodies, prepareAppend } from './prepare.ts'

const write = (overrides: Partial<StreamWrite> = {}): StreamWrite => ({
  stream: 's',
  expected: 'any',
  events: [sampleEvent('acme')],
  ...overrides,
})

const refuses = (writes: readonly StreamWrite[], code: string, options = {}): void => {
  expect(() => prepareAppend('acme', writes, options)).toThrow(expect.objectContaining({ code }))
}

describe('prepareAppend', () => {
  it('takes members whose names only look like the reserved one', () => {
    const events = [sampleEvent('acme', { payload: { a_sd: ['x'], text: '"_sd":' } })]
    expect(prepareAppend('acme', [write({ events })]).eventCount).toBe(1)
  })

  it('brings events into canonical form and counts them', () => {
    const events = [sampleEvent('acme', { payload: { z: 1, a: 'ü' } }), sampleEvent('acme')]
    const prepared = prepareAppend('acme', [write({ events }), write({ stream: 't', events: [] })], {
      idempotencyKey: 'k',
    })
    expect(prepared.eventCount).toBe(2)
    expect(prepared.idempotencyKey).toBe('k')
    expect(prepared.writes.map(({ stream, events: { length } }) => [stream, length])).toEqual([
      ['s', 2],
      ['t', 0],
    ])
    for (const [at, { envelope, filled }] of events.entries()) {
      const body = canonicalJson(envelope)
      expect(prepared.writes[0]?.events[at]).toEqual({
        id: envelope.eventId,
        type: envelope.eventType,
        topic: '',
        links: [],
        body,
        filled,
        kind: 'event',
        secrets: [],
        bytes: body.length,
      })
    }
    expect(prepared.bytes).toBe(events.reduce((sum, event) => sum + canonicalJson(event.envelope).length, 0))
  })

  it.each<readonly [string, object | undefined]>([
    ['an envelope alone', sampleEvent('acme').envelope],
    ['what was sent', { envelope: { eventType: 'SeatsAdded', payload: {} }, filled: 0 }],
    ['nothing', undefined],
  ])('refuses %s in the place of an event, and says what makes one', (_, event) => {
    const events = [event as CompleteEvent]
    expect(() => prepareAppend('acme', [write({ events })])).toThrow('make it with completeEvent')
    refuses([write({ events })], 'append_invalid')
  })

  it('refuses an append without events', () => {
    refuses([], 'append_invalid')
    refuses([write({ events: [] })], 'append_invalid')
  })

  it.each([[''], ['x'.repeat(1025)], ['\ud800']])('refuses a stream of the name %j', stream => {
    refuses([write({ stream })], 'append_invalid')
  })

  it('takes a stream name of 1024 characters', () => {
    expect(prepareAppend('acme', [write({ stream: 'x'.repeat(1024) })]).writes[0]?.stream).toHaveLength(1024)
  })

  it('refuses to write a stream twice, and an event twice', () => {
    refuses([write(), write()], 'append_invalid')
    const event = sampleEvent('acme')
    refuses([write({ events: [event, event] })], 'append_invalid')
    refuses([write({ events: [event] }), write({ stream: 't', events: [event] })], 'append_invalid')
  })

  it.each([-1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53])(
    'refuses the expected version %d',
    expected => {
      refuses([write({ expected })], 'append_invalid')
    },
  )

  it('takes whole numbers from 0 and the three words, and no other word', () => {
    for (const expected of [0, 7, Number.MAX_SAFE_INTEGER, 'any', 'none', 'exists'] as const)
      expect(prepareAppend('acme', [write({ expected })]).writes[0]?.expected).toBe(expected)
    refuses([write({ expected: 'some' as 'any' })], 'append_invalid')
  })

  it.each([[''], ['k'.repeat(256)]])('refuses the idempotency key %j', idempotencyKey => {
    refuses([write()], 'append_invalid', { idempotencyKey })
  })

  it('refuses the event of another tenant', () => {
    refuses([write({ events: [sampleEvent('globex')] })], 'tenant_mismatch')
  })

  it('takes ten thousand events and no more', () => {
    const events = Array.from({ length: 10_001 }, () => sampleEvent('acme'))
    refuses([write({ events })], 'append_invalid')
    expect(prepareAppend('acme', [write({ events: events.slice(1) })]).eventCount).toBe(10_000)
  })

  it('counts the bytes of an event, not its characters', () => {
    const event = (text: string) =>
      sampleEvent('acme', { eventId: 'e', correlationId: 'c', traceId: 't', payload: text })
    const around = Buffer.byteLength(canonicalJson(event('').envelope))
    const fits = event('ü'.repeat(500))
    const size = around + 1000
    expect(prepareAppend('acme', [write({ events: [fits] })], {}, size).eventCount).toBe(1)
    expect(() => prepareAppend('acme', [write({ events: [fits] })], {}, size - 1)).toThrow(
      expect.objectContaining({ code: 'event_too_large', message: expect.stringContaining(`${size} bytes`) }),
    )
  })

  it('refuses what has no canonical form', () => {
    const event: CompleteEvent = sampleEvent('acme')
    const broken = { ...event, envelope: { ...event.envelope, payload: { a: '\ud800' } } }
    refuses([write({ events: [broken] })], 'json_lone_surrogate')
  })
})

describe('commitBodies', () => {
  it('commits to each body with its own blind', () => {
    const blinds = Uint8Array.from({ length: 96 }, (_, index) => index)
    const bodies = ['{"a":1}', '{}', '{"a":1}']
    expect(commitBodies(bodies, blinds)).toEqual(
      bodies.map((body, at) => commitBody(body, blinds.slice(at * 32, at * 32 + 32))),
    )
  })
})

it('takes an append without events only where it closes a stream, and has no key', () => {
  const condition = { stream: 's', expected: 'exists', events: [] } as const
  const closing = { ...condition, closes: 'sealed' } as const
  expect(prepareAppend('acme', [closing], {}, 1_000).eventCount).toBe(0)
  for (const [writes, options] of [
    [[condition], {}],
    [[closing], { idempotencyKey: 'k' }],
  ] as const)
    expect(() => prepareAppend('acme', writes, options, 1_000)).toThrow('has no events')
})
