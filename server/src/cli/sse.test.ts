import { describe, expect, it } from 'vitest'
import { readSse } from './sse.ts'

function frames(...chunks: (string | Uint8Array)[]) {
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(typeof chunk === 'string' ? Buffer.from(chunk) : chunk)
      controller.close()
    },
  })
  return Array.fromAsync(readSse(body))
}

describe('server-sent events', () => {
  it('have an id, a name and data', async () => {
    expect(
      await frames('retry: 2000\nevent: ready\ndata: 1\n\nid: 7\nevent: event\ndata: {"a":1}\n\n'),
    ).toEqual([
      { id: undefined, event: 'ready', data: '1' },
      { id: '7', event: 'event', data: '{"a":1}' },
    ])
  })

  it('are the same however they are cut, characters too', async () => {
    const whole = Buffer.from('id: 1\nevent: event\ndata: é𝄞\n\n: comment\n\ndata: second\n\n')
    const expected = [
      { id: '1', event: 'event', data: 'é𝄞' },
      { id: undefined, event: 'message', data: 'second' },
    ]
    for (let size = 1; size < whole.length; size += 1) {
      const chunks: Uint8Array[] = []
      for (let at = 0; at < whole.length; at += size) chunks.push(whole.subarray(at, at + size))
      expect(await frames(...chunks)).toEqual(expected)
    }
  })

  it('may have other line ends, several lines, and a space that counts', async () => {
    expect(await frames('id: 1\r\ndata:  two\r\ndata:\r\ndata: lines\r\n\r\n')).toEqual([
      { id: '1', event: 'message', data: ' two\n\nlines' },
    ])
  })

  it('pass over comments and unknown fields, and what has no data', async () => {
    expect(await frames(': still here\n\nid: 4\n\ndatabase: x\ndata: y\n\n')).toEqual([
      { id: undefined, event: 'message', data: 'y' },
    ])
  })

  it('leave out one that is cut off', async () => {
    expect(await frames('data: whole\n\ndata: half')).toEqual([
      { id: undefined, event: 'message', data: 'whole' },
    ])
  })
})
