export interface SseFrame {
  readonly event: string
  readonly data: string
  /** The last id seen so far, as the standard has it; empty when none came yet. */
  readonly id: string
}

export interface SseParser {
  /** Feeds decoded text, of any cut, and returns the frames that are complete. */
  push(text: string): SseFrame[]
  /** The server's wish for the reconnection delay in milliseconds, once it sent one. */
  readonly retry: number | undefined
}

/** A parser of `text/event-stream` (WHATWG HTML, 9.2.6). EventSource cannot send an Authorization header. */
export function createSseParser(): SseParser {
  let rest = ''
  let id = ''
  let event = ''
  let data: string[] = []
  let retry: number | undefined
  let first = true

  const field = (line: string): void => {
    const colon = line.indexOf(':')
    if (colon === 0) return
    const name = colon < 0 ? line : line.slice(0, colon)
    const raw = colon < 0 ? '' : line.slice(colon + 1)
    const value = raw.startsWith(' ') ? raw.slice(1) : raw
    if (name === 'data') data.push(value)
    else if (name === 'event') event = value
    else if (name === 'id' && !value.includes('\0')) id = value
    else if (name === 'retry' && /^\d+$/.test(value)) retry = Number(value)
  }

  const dispatch = (frames: SseFrame[]): void => {
    if (data.length > 0) frames.push({ event: event || 'message', data: data.join('\n'), id })
    event = ''
    data = []
  }

  return {
    get retry() {
      return retry
    },
    push(text) {
      const input = rest + (first ? text.replace(/^\uFEFF/, '') : text)
      if (text !== '') first = false
      // A CR at the very end may be half of a CRLF: wait for the next chunk to tell.
      const held = input.endsWith('\r')
      const lines = (held ? input.slice(0, -1) : input).split(/\r\n|\n|\r/)
      rest = (lines.pop() ?? '') + (held ? '\r' : '')
      const frames: SseFrame[] = []
      for (const line of lines) {
        if (line === '') dispatch(frames)
        else field(line)
      }
      return frames
    },
  }
}
