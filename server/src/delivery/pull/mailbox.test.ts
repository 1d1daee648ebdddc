import type { DeliveryContext, Envelope } from 'keelson'
import { ManualAlarm } from 'keelson/testing'
import { describe, expect, it } from 'vitest'
import { Mailbox } from './mailbox.ts'

const event = (eventId: string, payload: object = {}) => ({ eventId, payload }) as unknown as Envelope

function create() {
  const alarm = new ManualAlarm()
  const counts = { done: 0, failed: 0 }
  const mailbox = new Mailbox({
    serverId: 'here',
    alarm,
    onSettled: isDone => {
      counts[isDone ? 'done' : 'failed'] += 1
    },
  })
  const stop = new AbortController()
  const outcomes = new Map<string, string>()
  const offer = (eventId: string, payload: object = {}) => {
    const context = { signal: stop.signal, subscription: eventId } as unknown as DeliveryContext
    mailbox.offer(event(eventId, payload), context).then(
      () => outcomes.set(eventId, 'done'),
      (error: Error & { code?: string }) => outcomes.set(eventId, error.code ?? error.message),
    )
  }
  return { alarm, mailbox, stop, outcomes, offer, counts }
}

const turn = () => new Promise<void>(resolve => setImmediate(resolve))
const never = new AbortController().signal

describe('a mailbox', () => {
  it('gives each event to one consumer, whose word it passes on', async () => {
    const { mailbox, outcomes, offer, counts } = create()
    for (const id of ['a', 'b', 'c']) offer(id)
    const [first, second] = [mailbox.take(2, 1_000), mailbox.take(2, 1_000)]
    expect([first, second].map(taken => taken.map(one => one.event.eventId))).toEqual([['a', 'b'], ['c']])
    const [a, b] = first
    expect(mailbox.settle({ token: a?.token ?? '' })).toBe(true)
    const failure = { name: 'CardError', message: 'declined', code: 'card', isPermanent: false }
    expect(mailbox.settle({ token: b?.token ?? '', failure })).toBe(true)
    expect(mailbox.settle({ token: a?.token ?? '' })).toBe(false)
    await turn()
    expect([...outcomes]).toEqual([
      ['a', 'done'],
      ['b', 'card'],
    ])
    expect([mailbox.out, counts]).toEqual([1, { done: 1, failed: 1 }])
  })

  it('counts the time from when a consumer has an event', async () => {
    const { alarm, mailbox, outcomes, offer, counts } = create()
    offer('a')
    alarm.advance(1_000_000)
    await turn()
    const [taken] = mailbox.take(1, 1_000)
    expect(taken?.expiresAt).toBe(alarm.now() + 1_000)
    alarm.advance(999)
    await turn()
    expect(outcomes.size).toBe(0)
    alarm.advance(1)
    await turn()
    expect([...outcomes]).toEqual([['a', 'handler_timeout']])
    expect(mailbox.settle({ token: taken?.token ?? '' })).toBe(false)
    expect(counts).toEqual({ done: 0, failed: 1 })
  })

  it('gives what was put back to the next one, with a token of its own', () => {
    const { mailbox, offer, counts } = create()
    offer('a')
    const [first] = mailbox.take(1, 1_000)
    mailbox.putBack([first?.token ?? ''])
    const [second] = mailbox.take(1, 1_000)
    expect(second?.event.eventId).toBe('a')
    expect(second?.token).not.toBe(first?.token)
    expect(mailbox.settle({ token: first?.token ?? '' })).toBe(false)
    expect(counts).toEqual({ done: 0, failed: 0 })
  })

  it('drops what nobody waits for any more, with consumers or not', async () => {
    const { mailbox, stop, outcomes, offer } = create()
    offer('a')
    offer('b')
    const [taken] = mailbox.take(1, 1_000)
    stop.abort(new Error('closed'))
    await turn()
    expect([...outcomes.values()]).toEqual(['closed', 'closed'])
    expect([mailbox.take(9, 1_000), mailbox.settle({ token: taken?.token ?? '' })]).toEqual([[], false])
    expect(mailbox.isEmpty).toBe(true)
  })

  it('wakes whoever waits, and lets go whoever has waited long enough', async () => {
    const { alarm, mailbox, offer } = create()
    let woken = 0
    const wait = (milliseconds: number, signal = never) =>
      mailbox.wait(milliseconds, signal).then(() => {
        woken += 1
      })
    const gone = new AbortController()
    const waits = [wait(100), wait(5_000), wait(5_000, gone.signal)]
    alarm.advance(100)
    await turn()
    expect(woken).toBe(1)
    gone.abort()
    await turn()
    expect(woken).toBe(2)
    offer('a')
    await Promise.all(waits)
    expect(woken).toBe(3)
  })

  it('ends a portion where events are very large, having given one at the least', () => {
    const { mailbox, offer } = create()
    for (const id of ['a', 'b', 'c', 'd']) offer(id, { text: 'x'.repeat(5_000_000) })
    expect(mailbox.take(10, 1_000)).toHaveLength(2)
    expect(mailbox.take(10, 1_000)).toHaveLength(2)
  })
})
