import { describe, expect, it } from 'vitest'
import { createSseParser } from './sse.ts'

const text =
  'retry: 2000\n\nevent: ready\ndata: {"position":7}\n\n: heartbeat\n\nid: 8\nevent: event\ndata: {"a":1}\n\nid: 9\nevent: event\ndata: line one\ndata: line two\n\n'

describe('createSseParser', () => {
  it('reads frames, ids, comments and the retry wish', () => {
    const parser = createSseParser()
    expect(parser.push(text)).toEqual([
      { event: 'ready', data: '{"position":7}', id: '' },
      { event: 'event', data: '{"a":1}', id: '8' },
      { event: 'event', data: 'line one\nline two', id: '9' },
    ])
    expect(parser.retry).toBe(2000)
  })

  it('gives the same frames whatever the cut and the line ends', () => {
    for (const ends of ['\n', '\r\n', '\r']) {
      const whole = createSseParser().push(`${text.replaceAll('\n', ends)}:${ends}`)
      for (const size of [1, 2, 3, 7]) {
        const parser = createSseParser()
        const input = `${text.replaceAll('\n', ends)}:${ends}`
        const cuts = Array.from({ length: Math.ceil(input.length / size) }, (_, i) =>
          input.slice(i * size, (i + 1) * size),
        )
        expect(cuts.flatMap(cut => parser.push(cut))).toEqual(whole)
      }
    }
  })

  it('keeps an unfinished frame back, and ignores a byte order mark and unknown fields', () => {
    const parser = createSseParser()
    expect(parser.push('\uFEFFdata: x\nwhat: ever\n')).toEqual([])
    expect(parser.push('\n')).toEqual([{ event: 'message', data: 'x', id: '' }])
    expect(parser.push('event: nothing\n\n')).toEqual([])
  })
})
