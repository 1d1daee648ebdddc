import { describe, expect, it } from 'vitest'
import { headersOf } from './header-lines.ts'

const lines = 'NATS/1.0\r\nNats-Msg-Id: acme/evt-1\r\nKeelson-Record: 1 2 {"a":"b: c"} \r\nX: \r\n\r\n'

/** A message as the client gives it: one piece of memory between others. */
function delivered(headers: string, body: string, { subject = 'a.b', reply = 'c' } = {}) {
  const whole = Buffer.from(`${'-'.repeat(9)}${headers}${body}${'-'.repeat(9)}`, 'latin1')
  const bytes = Uint8Array.from(whole)
  const data = bytes.subarray(9 + headers.length, 9 + headers.length + body.length)
  const size = () => Buffer.byteLength(subject) + Buffer.byteLength(reply) + headers.length + body.length
  const asked: string[] = []
  const get = (name: string) => {
    asked.push(name)
    return `slow ${name}`
  }
  return { message: { subject, reply, data, size, headers: { get } }, asked }
}

describe('headers of a message', () => {
  it('are read where they lie before the data', () => {
    for (const body of ['', 'x', '{"a":1}']) {
      const { message, asked } = delivered(lines, body)
      const header = headersOf(message)
      expect(['Keelson-Record', 'Nats-Msg-Id', 'X', 'Msg-Id', 'NATS/1.0'].map(header)).toEqual([
        '1 2 {"a":"b: c"}',
        'acme/evt-1',
        '',
        '',
        '',
      ])
      expect(asked).toEqual([])
    }
  })

  it('are asked of the client where they cannot be found there', () => {
    const { message } = delivered(lines, 'body')
    const others = [
      // An answer to a question: nothing says how long it was.
      { subject: 'a', data: message.data, headers: message.headers },
      { ...message, data: Uint8Array.from(message.data) },
      { ...message, size: () => message.size() - 1 },
      { ...message, size: () => 1_000_000 },
      delivered(lines, 'body', { subject: 'ä' }).message,
      delivered(lines.replace('NATS', 'nats'), 'body').message,
    ]
    for (const other of others) expect(headersOf(other)('X')).toBe('slow X')
  })

  it('are empty where there are none', () => {
    const { message } = delivered('', 'body\r\n\r\n')
    expect(headersOf({ ...message, headers: undefined })('X')).toBe('')
  })
})
