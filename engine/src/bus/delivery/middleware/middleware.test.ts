import { describe, expect, it } from 'vitest'
import { currentContext, KeelsonError } from '../../../core/index.ts'
import { createInbox } from '../../../store/index.ts'
import { createMemoryStore } from '../../../store/memory/index.ts'
import { sampleEvent } from '../../../testing/index.ts'
import { ManualAlarm } from '../../../testing/transport-contract/manual-alarm.ts'
import { turns } from '../../../testing/transport-contract/transport-steps.ts'
import type { Delivery } from '../../../transport/index.ts'
import { collectUnit } from '../../unit.ts'
import type { DeliveryContext, HandledDelivery, TracedDelivery } from '../index.ts'
import {
  withContext,
  withInbox,
  withMetrics,
  withTenantGuard,
  withTimeout,
  withTracing,
  withUpcasting,
  withValidation,
} from '../index.ts'

const { envelope: event } = sampleEvent('acme')

function contextOf(signal = new AbortController().signal) {
  const { unit, parts } = collectUnit('none')
  const delivery: Delivery = {
    eventId: event.eventId,
    tenantId: 'acme',
    eventType: event.eventType,
    position: 1,
    orderingKey: 's',
    recordedAt: 0,
    attempts: [],
    dueAt: undefined,
    event,
  }
  const latest = async () => event
  const context: DeliveryContext = { subscription: 'sub', delivery, attempt: 1, latest, signal, unit }
  return { context, parts }
}

describe('withContext', () => {
  it('makes what the handler does belong to the event', async () => {
    let seen: unknown
    await withContext(() => {
      seen = currentContext()
    })(event, contextOf().context)
    expect(seen).toMatchObject({
      tenantId: 'acme',
      causationId: event.eventId,
      correlationId: event.correlationId,
      traceId: event.traceId,
    })
  })
})

describe('withTimeout', () => {
  it('gives up each call at its own time, with one timer', async () => {
    const alarm = new ManualAlarm(0)
    const handle = withTimeout(100, alarm)(() => new Promise(() => undefined))
    const outcomes: string[] = []
    const call = (name: string) =>
      Promise.resolve(handle(event, contextOf().context)).catch(error =>
        outcomes.push(`${name} ${error.code}`),
      )
    void call('first')
    alarm.advance(60)
    void call('second')
    expect(alarm.waiting).toBe(1)
    alarm.advance(40)
    await turns(3)
    expect(outcomes).toEqual(['first handler_timeout'])
    alarm.advance(60)
    await turns(3)
    expect(outcomes).toEqual(['first handler_timeout', 'second handler_timeout'])
    expect(alarm.waiting).toBe(0)
  })

  it('leaves nothing behind of calls that end in time, well or not', async () => {
    const alarm = new ManualAlarm(0)
    const handle = withTimeout(
      100,
      alarm,
    )((_, { attempt }) => {
      if (attempt === 1) throw new TypeError('no')
    })
    await expect(handle(event, contextOf().context)).rejects.toThrow(TypeError)
    await handle(event, { ...contextOf().context, attempt: 2 })
    await turns(1)
    expect(alarm.waiting).toBe(0)
  })

  it('passes on why the subscription ended, to the handler and to the caller', async () => {
    const stop = new AbortController()
    let inner: AbortSignal | undefined
    const handle = withTimeout(
      100,
      new ManualAlarm(0),
    )((_, { signal }) => {
      inner = signal
      return new Promise(() => undefined)
    })
    const called = handle(event, contextOf(stop.signal).context)
    const reason = new Error('lost')
    stop.abort(reason)
    await expect(called).rejects.toBe(reason)
    expect(inner?.reason).toBe(reason)
    await expect(handle(event, contextOf(stop.signal).context)).rejects.toBe(reason)
  })
})

describe('withTenantGuard', () => {
  it('refuses an event of another tenant than it came for', () => {
    const handle = withTenantGuard(() => undefined)
    expect(() => handle({ ...event, tenantId: 'globex' }, contextOf().context)).toThrow(
      expect.objectContaining({ code: 'tenant_mismatch' }),
    )
  })

  it("lets through what is the tenant's own", async () => {
    const { context, parts } = contextOf()
    const own = { tenantId: 'acme', collection: 'c', id: 'i', value: 1 }
    await withTenantGuard((_, { unit }) => unit.add({ documents: [own] }))(event, context)
    expect(parts().documents).toEqual([own])
  })
})

describe('withInbox', () => {
  it('lets an event take effect once, however often it comes', async () => {
    const store = createMemoryStore()
    const inbox = createInbox(store, { consumer: 'sub' })
    let calls = 0
    const handle = withInbox(inbox)(() => {
      calls += 1
    })
    for (let times = 0; times < 3; times += 1) {
      const { context, parts } = contextOf()
      await handle(event, context)
      await store.commit({ ...parts(), scope: { tenantId: 'acme' } })
    }
    expect(calls).toBe(1)
  })

  it('refuses the second of two that come at the same time', async () => {
    const store = createMemoryStore()
    const handle = withInbox(createInbox(store, { consumer: 'sub' }))(() => undefined)
    const both = [contextOf(), contextOf()]
    await Promise.all(both.map(({ context }) => handle(event, context)))
    const commits = both.map(({ parts }) => store.commit({ ...parts(), scope: { tenantId: 'acme' } }))
    const outcomes = await Promise.allSettled(commits)
    expect(outcomes.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected'])
  })
})

describe('withValidation and withUpcasting', () => {
  it('ask the catalogue before the handler sees anything', async () => {
    let seen: unknown
    const handle = withUpcasting({ read: one => ({ ...one, schemaVersion: '2.0' }) }, ['SampleHappened@2.0'])(
      one => {
        seen = one.schemaVersion
      },
    )
    await handle(event, contextOf().context)
    expect(seen).toBe('2.0')
    const refuse = withValidation({
      verify() {
        throw new KeelsonError('payload_invalid')
      },
    })(() => {
      throw new Error('it was called')
    })
    expect(() => refuse(event, contextOf().context)).toThrow(
      expect.objectContaining({ code: 'payload_invalid' }),
    )
  })
})

describe('withMetrics and withTracing', () => {
  it('tell of each call how long it took and how it went', async () => {
    const alarm = new ManualAlarm(0)
    const told: HandledDelivery[] = []
    const failure = new Error('no')
    const handle = withMetrics(
      one => told.push(one),
      alarm,
    )((_, { attempt }) => {
      alarm.advance(7)
      if (attempt === 1) throw failure
    })
    await expect(handle(event, contextOf().context)).rejects.toBe(failure)
    await handle(event, { ...contextOf().context, attempt: 2 })
    expect(told).toEqual(
      [failure, undefined].map((error, index) => ({
        subscription: 'sub',
        eventType: 'SampleHappened',
        attempt: index + 1,
        milliseconds: 7,
        error,
      })),
    )
  })

  it('runs the handler within the span', async () => {
    const spans: TracedDelivery['name'][] = []
    let isWithin = false
    const handle = withTracing(async ({ name }, work) => {
      spans.push(name)
      isWithin = true
      await work()
      isWithin = false
    })(() => {
      expect(isWithin).toBe(true)
    })
    await handle(event, contextOf().context)
    expect([spans, isWithin]).toEqual([['process sub'], false])
  })
})
