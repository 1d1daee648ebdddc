/** What is used of a message, whether it was delivered or asked for. */
export interface RawMessage {
  readonly subject: string
  readonly data: Uint8Array
  readonly headers?: { get(name: string): string } | undefined
  /** Of a message that was delivered: where it was to be answered, and the bytes of all of it. */
  readonly reply?: string | undefined
  size?(): number
}

/**
 * Reads single headers of a message, whose names are ASCII written as they are asked for. The client takes all of them apart to give one, which costs an eighth of reading a
 * stream; here they are looked for in the text as it came, where that can be had.
 */
export function headersOf(message: RawMessage): (name: string) => string {
  const lines = linesOf(message)
  if (lines === undefined) {
    const { headers } = message
    return name => headers?.get(name) ?? ''
  }
  return name => {
    const from = lines.indexOf(`\r\n${name}: `)
    return from < 0 ? '' : lines.slice(from + name.length + 4, lines.indexOf('\r\n', from + 2)).trim()
  }
}

const start = 'NATS/1.0\r\n'
const end = '\r\n\r\n'

/**
 * The headers as they came. A delivered message lies in memory as one piece, headers before data, and the client says
 * how long all of it is; undefined where that is not so.
 */
function linesOf(message: RawMessage): string | undefined {
  const all = message.size?.()
  if (all === undefined) return undefined
  const { subject, reply = '', data } = message
  const length = all - subject.length - reply.length - data.length
  const from = data.byteOffset - length
  if (length < start.length + end.length || from < 0) return undefined
  const lines = Buffer.from(data.buffer, from, length).toString('latin1')
  return lines.startsWith(start) && lines.endsWith(end) ? lines : undefined
}
