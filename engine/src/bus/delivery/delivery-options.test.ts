import { describe, expect, it } from 'vitest'
import { KeelsonError } from '../../core/index.ts'
import { createMemoryStore } from '../../store/memory/index.ts'
import { embeddedFixture } from '../../testing/transport-contract/fixtures/embedded-fixture.ts'
import { parseFilter } from '../../transport/index.ts'
import { Bulkhead } from '../flow/index.ts'
import type { DeliveryOptions } from './index.ts'
import { DeliverySubscription } from './index.ts'

const memory = () => embeddedFixture(createMemoryStore())

describe('the options of a subscription', () => {
  it('are refused with all faults at once', () => {
    const { transport } = memory().open()
    const wrong = { name: 'n', handle: 1, concurrency: 0, timeout: -1, deadLetter: 'lose' }
    try {
      new DeliverySubscription(transport, wrong as unknown as DeliveryOptions)
      throw new Error('they were taken')
    } catch (error) {
      expect(error).toBeInstanceOf(KeelsonError)
      const { code, details } = error as KeelsonError
      expect(code).toBe('delivery_options_invalid')
      expect(details.faults?.map(({ pointer }) => pointer)).toEqual([
        '/handle',
        '/concurrency',
        '/timeout',
        '/deadLetter',
      ])
    }
  })

  it.each([
    [{ name: 'a\nb' }, 'delivery_options_invalid'],
    [{ name: 'n', filter: 'payload.index ==' }, 'filter_invalid'],
    [{ name: 'n', breaker: { cooling: -1 } }, 'delivery_options_invalid'],
    [{ name: 'n', retires: 3 }, 'delivery_options_invalid'],
    [{ name: 'n', retry: { attempts: 0 } }, 'delivery_options_invalid'],
  ])('are refused: %j', (options, code) => {
    const { transport } = memory().open()
    const whole = { handle: () => undefined, ...options } as unknown as DeliveryOptions
    expect(() => new DeliverySubscription(transport, whole)).toThrow(expect.objectContaining({ code }))
  })

  it.each([
    ['filter', 5],
    ['filter', {}],
    ['start', 'tomorrow'],
    ['start', null],
    ['start', { time: 'x' }],
    ['start', { position: -1 }],
    ['types', 'OneType'],
    ['types', [5]],
    ['types', []],
    ['topics', ['']],
    ['tenantId', 'A B'],
    ['orderingKey', 'x'],
    ['retry', 'no'],
    ['failures', { permanent: 5 }],
    ['failures', { permament: [] }],
    ['breaker', true],
    ['bulkhead', {}],
    ['rateLimit', 0],
    ['isAdaptive', 'yes'],
    ['middleware', [5]],
    ['middleware', 'x'],
    ['onError', {}],
    ['onBreaker', 1],
  ])('are refused where one is of another kind: %s: %j', (option, value) => {
    const { transport } = memory().open()
    const whole = { name: 'n', handle: () => undefined, [option]: value } as unknown as DeliveryOptions
    expect(() => new DeliverySubscription(transport, whole)).toThrow(
      expect.objectContaining({
        code: 'delivery_options_invalid',
        details: { faults: [expect.objectContaining({ pointer: `/${option}` })] },
      }),
    )
  })

  it.each([undefined, null, 5, []])('are refused where they are no object: %j', options => {
    const { transport } = memory().open()
    expect(() => new DeliverySubscription(transport, options as unknown as DeliveryOptions)).toThrow(
      expect.objectContaining({
        code: 'delivery_options_invalid',
        details: { faults: [{ pointer: '', message: 'must be given as an object' }] },
      }),
    )
  })

  it('are taken in each of their forms', () => {
    const { transport } = memory().open()
    const clock = { now: () => 0 }
    const forms: Partial<DeliveryOptions>[] = [
      { start: 'now' },
      { start: { position: 0 } },
      { start: { time: '2026-01-01T00:00:00Z' } },
      { filter: parseFilter('payload.index = 1') },
      { filter: () => true },
      { types: ['A'], topics: ['b'], tenantId: 'acme', orderingKey: () => undefined },
      { failures: { permanent: [TypeError, 'E_NO'], transient: [] }, middleware: [next => next] },
      { breaker: false, bulkhead: { bulkhead: new Bulkhead({ concurrency: 1 }, clock), name: 'b' } },
    ]
    for (const form of forms) {
      const options = { name: 'n', handle: () => undefined, ...form }
      expect(new DeliverySubscription(transport, options).name).toBe('n')
    }
  })
})
