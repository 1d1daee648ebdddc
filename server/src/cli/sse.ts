export interface SseFrame {
  readonly id: string | undefined
  readonly event: string
  readonly data: string
}

/** A proxy may have turned the line ends into others. */
const frameEnd = /\r?\n\r?\n/

/** Reads server-sent events from a response body (WHATWG HTML, section 9.2; a lone CR ends no line here). */
export async function* readSse(body: ReadableStream<Uint8Array>): AsyncGenerator<SseFrame> {
  const decoder = new TextDecoder()
  let pending = ''
  for await (const chunk of body) {
    pending += decoder.decode(chunk, { stream: true })
    for (let end = frameEnd.exec(pending); end; end = frameEnd.exec(pending)) {
      const frame = parseFrame(pending.slice(0, end.index))
      pending = pending.slice(end.index + end[0].length)
      if (frame) yield frame
    }
  }
}

function parseFrame(text: string): SseFrame | undefined {
  let id: string | undefined
  let event = 'message'
  const data: string[] = []
  for (const line of text.split(/\r?\n/)) {
    const colon = line.indexOf(':')
    const [field, rest] = colon < 0 ? [line, ''] : [line.slice(0, colon), line.slice(colon + 1)]
    const value = rest.startsWith(' ') ? rest.slice(1) : rest
    if (field === 'id') id = value
    else if (field === 'event') event = value
    else if (field === 'data') data.push(value)
  }
  return data.length === 0 ? undefined : { id, event, data: data.join('\n') }
}
