import { setImmediate as turn } from 'node:timers/promises'
import type { EnvelopeInput, ErrorCode } from 'keelson'
import { KeelsonError } from 'keelson'
import { describe, expect, it } from 'vitest'
import type { PublishResult } from '../port.ts'
import { BatchPublisher } from './batch-publisher.ts'

const event = (id: number): EnvelopeInput => ({ eventId: `e${id}`, eventType: 'X', payload: {} })
const failed = (code: ErrorCode): PublishResult => ({ ok: false, error: new KeelsonError(code) })
const stored: PublishResult = { ok: true, duplicate: false }

function publisher(
  answer: (events: readonly EnvelopeInput[], call: number) => Promise<PublishResult[]> | PublishResult[],
) {
  const calls: number[] = []
  const delays: number[] = []
  const settled: string[] = []
  const made = new BatchPublisher<number>({
    sink: {
      async publish(events) {
        calls.push(events.length)
        return answer(events, calls.length)
      },
    },
    sleep: async delay => {
      delays.push(delay)
    },
    onSettled: (id, result) => {
      settled.push(`${id}:${result.ok ? 'ok' : result.error.code}`)
    },
  })
  return { made, calls, delays, settled }
}

describe('BatchPublisher', () => {
  it('publishes batches of a hundred, or of four mebibytes', async () => {
    const { made, calls, settled } = publisher(events => events.map(() => stored))
    for (let id = 0; id < 250; id += 1) await made.add(event(id), id, 10)
    for (let id = 0; id < 3; id += 1) await made.add(event(id), id, 3 * 1024 ** 2)
    await made.finish()
    expect(calls).toEqual([100, 100, 52, 1])
    expect(settled).toHaveLength(253)
  })

  it('keeps two batches in flight, and waits', async () => {
    const answers: (() => void)[] = []
    const { made, calls } = publisher(
      events => new Promise(resolve => answers.push(() => resolve(events.map(() => stored)))),
    )
    let added = 0
    const adding = (async () => {
      for (let id = 0; id < 300; id += 1) {
        await made.add(event(id), id, 1)
        added += 1
      }
    })()
    await turn()
    expect([added, calls.length]).toEqual([299, 2])
    answers[1]?.()
    await adding
    expect(calls.length).toBe(3)
    for (const answer of answers) answer()
    await made.finish()
  })

  it('tries again what the sink could not take, with a delay that doubles', async () => {
    const { made, calls, delays, settled } = publisher((events, call) =>
      events
        .map((_, at) => (call < 3 && at === 1 ? failed('store_busy') : stored))
        .map((result, at) => (call === 2 && at === 0 ? failed('store_busy') : result)),
    )
    for (let id = 0; id < 3; id += 1) await made.add(event(id), id, 1)
    await made.finish()
    expect(calls).toEqual([3, 1, 1])
    expect(delays).toEqual([100, 200])
    expect(settled).toEqual(['0:ok', '2:ok', '1:ok'])
  })

  it('settles what is refused, and what stays an internal error', async () => {
    const { made, delays, settled } = publisher(events =>
      events.map(each => failed(each.eventId === 'e0' ? 'payload_invalid' : 'internal_error')),
    )
    await made.add(event(0), 0, 1)
    await made.add(event(1), 1, 1)
    await made.finish()
    expect(settled).toEqual(['0:payload_invalid', '1:internal_error'])
    expect(delays).toHaveLength(9)
    expect(delays.at(-1)).toBe(5000)
  })

  it('gives up when the sink does', async () => {
    const { made, settled } = publisher(() => Promise.reject(new KeelsonError('store_closed')))
    await made.add(event(0), 0, 1)
    await expect(made.finish()).rejects.toMatchObject({ code: 'store_closed' })
    await expect(made.finish()).rejects.toMatchObject({ code: 'store_closed' })
    expect(settled).toEqual([])
  })
})
