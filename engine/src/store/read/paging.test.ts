import { setImmediate as nextTurn } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import type { ReadOptions, RecordedEvent } from '../types.ts'
import { HeadSignal } from './head-signal.ts'
import type { PageSource, ReadPage } from './paging.ts'
import { inOrderOf, pageSize, readPages, tailPages } from './paging.ts'
import { createRecordedEvent } from './recorded-event.ts'

const event = (position: number): RecordedEvent =>
  createRecordedEvent({
    position,
    sequence: position - 1,
    tenantId: 'acme',
    stream: 's',
    version: position,
    eventType: 'A',
    leaf: '',
    leafHash: '',
    blind: '',
    body: '{}',
    bodyState: 'present',
    secrets: '',
  })

/** A log that grows, and what was asked of it. */
function log(size: number, direction: ReadOptions['direction'] = 'forwards') {
  const events = Array.from({ length: size }, (_, index) => event(index + 1))
  const asked: [number, number][] = []
  const read: ReadPage = async (after, limit) => {
    asked.push([after, limit])
    const found =
      direction === 'forwards'
        ? events.filter(({ position }) => position > after)
        : events.filter(({ position }) => position < after).reverse()
    return found.slice(0, limit)
  }
  return { events, asked, read }
}

/** A source whose end is far off, so that no place is beyond it. */
const sourceOf = (read: ReadPage, end = async () => Number.MAX_SAFE_INTEGER): PageSource => ({
  read,
  end,
  cursorOf: event => event.position,
})

const positionsOf = async (events: AsyncIterable<RecordedEvent>): Promise<number[]> =>
  (await Array.fromAsync(events)).map(({ position }) => position)

/** Whole numbers from one to the other, none where the last is before the first. */
const numbers = (from: number, to: number): number[] =>
  Array.from({ length: Math.max(0, to - from + 1) }, (_, index) => from + index)

describe('readPages', () => {
  it.each([0, 1, pageSize - 1, pageSize, pageSize + 1, 3 * pageSize])(
    'gives all of %d events, in order, once',
    async size => {
      const { read } = log(size)
      expect(await positionsOf(readPages(sourceOf(read), {}))).toEqual(size === 0 ? [] : numbers(1, size))
    },
  )

  it.each([0, 1, pageSize, pageSize + 1, 2 * pageSize + 7])(
    'stops at a limit of %d and asks for no more',
    async limit => {
      const { read, asked } = log(4 * pageSize)
      const found = await positionsOf(readPages(sourceOf(read), { limit }))
      expect(found).toEqual(numbers(1, limit))
      expect(asked.reduce((sum, [, count]) => sum + count, 0)).toBe(limit)
    },
  )

  it('goes on after a page that is short because its events are large', async () => {
    const { read } = log(20)
    const short: ReadPage = async (after, limit) => (await read(after, limit)).slice(0, 3)
    expect(await positionsOf(readPages(sourceOf(short), {}))).toEqual(numbers(1, 20))
    expect(await positionsOf(readPages(sourceOf(short), { limit: 7 }))).toEqual(numbers(1, 7))
  })

  it('goes backwards from the end or from a place', async () => {
    const { read } = log(pageSize + 9, 'backwards')
    expect(await positionsOf(readPages(sourceOf(read), { direction: 'backwards' }))).toEqual(
      numbers(1, pageSize + 9).reverse(),
    )
    expect(await positionsOf(readPages(sourceOf(read), { direction: 'backwards', after: 4 }))).toEqual([
      3, 2, 1,
    ])
  })

  it('reads one page ahead and no further', async () => {
    const { read, asked } = log(4 * pageSize)
    const events = readPages(sourceOf(read), {})
    await events.next()
    expect(asked).toEqual([
      [0, pageSize],
      [pageSize, pageSize],
    ])
    await events.return(undefined)
  })

  it('helps a request on its way that is held up, while events are used that nobody waits for', async () => {
    const { read } = log(2 * pageSize)
    let used = 0
    let left = 0
    let usedWhenSent = 0
    let isMoreLetIn = false
    const distant: ReadPage = async (after, limit) => {
      for (left = 3; left > 0; left -= 1) await new Promise(resolve => setImmediate(resolve))
      usedWhenSent = used
      if (after > 0)
        setImmediate(() => {
          isMoreLetIn = true
        })
      return read(after, limit)
    }
    const source = { ...sourceOf(distant), isHeldUp: () => left > 0 }
    for await (const _ of readPages(source, { limit: 2 * pageSize })) used += 1
    expect(used).toBe(2 * pageSize)
    expect(usedWhenSent).toBeLessThan(pageSize / 2)
    expect(isMoreLetIn).toBe(false)
  })

  it('ends by an abort, with its reason', async () => {
    const { read } = log(4 * pageSize)
    const stop = new AbortController()
    const seen: number[] = []
    const reading = (async () => {
      for await (const { position } of readPages(sourceOf(read), { signal: stop.signal })) {
        seen.push(position)
        if (position === 5) stop.abort(new Error('enough'))
      }
    })()
    await expect(reading).rejects.toThrow('enough')
    expect(seen.length).toBeLessThanOrEqual(pageSize)
  })

  it('throws the failure of a page after the events before it', async () => {
    const { read } = log(4 * pageSize)
    const seen: number[] = []
    const failing: ReadPage = async (after, limit) => {
      if (after > 0) throw new Error('disk')
      return read(after, limit)
    }
    const reading = (async () => {
      for await (const { position } of readPages(sourceOf(failing), {})) seen.push(position)
    })()
    await expect(reading).rejects.toThrow('disk')
    expect(seen).toEqual(numbers(1, pageSize))
  })
})

describe('tailPages', () => {
  const flatten = (pages: readonly (readonly RecordedEvent[])[]) =>
    pages.flat().map(({ position }) => position)

  it('gives what is there, and then what comes', async () => {
    const size = pageSize + 72
    const { events, read } = log(size)
    const head = new HeadSignal()
    const pages = tailPages(
      sourceOf(read, async () => events.length),
      head,
      {},
    )
    expect(flatten([(await pages.next()).value, (await pages.next()).value])).toEqual(numbers(1, size))
    const next = pages.next()
    events.push(event(size + 1), event(size + 2))
    head.advance(size + 2)
    expect(flatten([(await next).value])).toEqual([size + 1, size + 2])
    await pages.return(undefined)
  })

  it('does not miss what comes while a page is being read', async () => {
    const { events, read } = log(0)
    const head = new HeadSignal()
    let reads = 0
    const racing: ReadPage = async (after, limit) => {
      const found = await read(after, limit)
      // The event is stored after the page was read, and before its reader waits.
      if (++reads === 1) {
        events.push(event(1))
        head.advance(1)
      }
      return found
    }
    const newest = async () => expect.fail('it had been told')
    const pages = tailPages(sourceOf(racing, newest), head, {})
    expect(flatten([(await pages.next()).value])).toEqual([1])
    await pages.return(undefined)
  })

  it('reads once for each time that it is told, and finds what nobody tells it of behind that', async () => {
    const { events, asked, read } = log(0)
    const head = new HeadSignal()
    const source = sourceOf(read, async () => events.length)
    const pages = tailPages(source, head, {})
    const next = async (count: number, isTold = true) => {
      const page = pages.next()
      await nextTurn()
      events.push(...numbers(events.length + 1, events.length + count).map(event))
      if (isTold) head.advance(events.length)
      return flatten([(await page).value])
    }
    expect([await next(1), await next(2), await next(1)]).toEqual([[1], [2, 3], [4]])
    expect(asked.map(([after]) => after)).toEqual([0, 0, 1, 3])
    expect(await next(1, false)).toEqual([5])
    await pages.return(undefined)
  })

  it('finds by asking what nobody told it of', async () => {
    const { events, read } = log(0)
    const pages = tailPages(
      sourceOf(read, async () => events.length),
      new HeadSignal(),
      {},
    )
    const next = pages.next()
    events.push(event(1))
    expect(flatten([(await next).value])).toEqual([1])
    await pages.return(undefined)
  })

  it('starts after a position and ends at a limit', async () => {
    const { events, read } = log(3 * pageSize)
    const pages = await Array.fromAsync(
      tailPages(
        sourceOf(read, async () => events.length),
        new HeadSignal(),
        { after: 100, limit: pageSize + 22 },
      ),
    )
    expect(flatten(pages)).toEqual(numbers(101, pageSize + 122))
    expect(pages.every(page => page.length <= pageSize)).toBe(true)
  })

  it('ends by an abort and by a close, without an error', async () => {
    const { events, read } = log(1)
    const stop = new AbortController()
    const head = new HeadSignal()
    const newest = async () => events.length
    const aborted = tailPages(sourceOf(read, newest), head, { signal: stop.signal })
    const closed = tailPages(sourceOf(read, newest), head, {})
    for (const pages of [aborted, closed]) expect((await pages.next()).value).toHaveLength(1)
    const ends = [aborted.next(), closed.next()]
    stop.abort()
    head.close()
    expect((await Promise.all(ends)).map(({ done }) => done)).toEqual([true, true])
  })
})

describe('inOrderOf', () => {
  it('puts events into the order asked for and leaves out what is not there', () => {
    const found = inOrderOf([3, 9, 1, 3], [event(1), event(2), event(3)])
    expect(found.map(({ position }) => position)).toEqual([3, 1, 3])
  })
})
