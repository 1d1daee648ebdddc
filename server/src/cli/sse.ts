export interface SseFrame {
  readonly id: string | undefined
  readonly event: string
  readonly data: string
}

/** Reads server-sent events from a response body (WHATWG HTML, section 9.2). */
export async function* readSse(body: ReadableStream<Uint8Array>): AsyncGenerator<SseFrame> {
  const decoder = new TextDecoder()
  let pending = ''
  for await (const chunk of body) {
    pending += decoder.decode(chunk, { stream: true })
    for (let end = pending.indexOf('\n\n'); end >= 0; end = pending.indexOf('\n\n')) {
      const frame = parseFrame(pending.slice(0, end))
      pending = pending.slice(end + 2)
      if (frame) yield frame
    }
  }
}

function parseFrame(text: string): SseFrame | undefined {
  let id: string | undefined
  let event = 'message'
  const data: string[] = []
  for (const line of text.split('\n')) {
    if (line.startsWith('id:')) id = line.slice(3).trim()
    else if (line.startsWith('event:')) event = line.slice(6).trim()
    else if (line.startsWith('data:')) data.push(line.slice(5).trimStart())
  }
  return data.length === 0 ? undefined : { id, event, data: data.join('\n') }
}
