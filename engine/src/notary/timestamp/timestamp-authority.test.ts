import { execFileSync } from 'node:child_process'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { OpensslAuthority } from './fixtures/openssl-authority.ts'
import { HttpTimestampAuthority, verifyTimestamp } from './timestamp-authority.ts'
import { checkTimestamp, timestampRequest } from './timestamp-token.ts'

const text = 'log.test/t/acme/main\n3\nqg9CfQ1Vkf0XbTz0i9pFqlUXL7y5r7m2k4Yl1uJ8v0s=\n'

function hasOpenssl(): boolean {
  try {
    execFileSync('openssl', ['version'], { stdio: 'pipe' })
    return true
  } catch {
    return false
  }
}

describe.skipIf(!hasOpenssl())('time stamps of an authority', () => {
  let authority: OpensslAuthority
  let url = ''
  beforeAll(async () => {
    authority = new OpensslAuthority()
    url = await authority.listen()
  })
  afterAll(() => authority[Symbol.asyncDispose]())

  it('are asked for, checked, and good for others too', async () => {
    const { trusted } = authority
    const response = await new HttpTimestampAuthority({ url, trusted }).stamp(text)
    authority.verify(response, text)
    const stamp = await verifyTimestamp(response, text, { trusted })
    expect(stamp.policy).toBe('1.2.3.4.1')
    expect(Math.abs(Date.parse(stamp.at) - Date.now())).toBeLessThan(60_000)
    await expect(verifyTimestamp(response, `${text}x`, { trusted })).rejects.toThrow('another text')
    expect(() => authority.verify(response, `${text}x`)).toThrow()
  })

  it('are not believed where they answer another request, are altered, or are of somebody else', async () => {
    const { trusted } = authority
    const response = authority.answer(Buffer.from(timestampRequest(text, 7n)))
    const stamp = await checkTimestamp(response, { text, nonce: 7n, trusted })
    await expect(checkTimestamp(response, { text, nonce: 8n, trusted })).rejects.toThrow('another request')
    let refused = 0
    for (let at = 0; at < response.length; at += 23) {
      const altered = Buffer.from(response)
      altered[at] = (altered[at] ?? 0) ^ 1
      // What nobody signs, such as a certificate that is not needed, may be altered: it changes nothing of what is said.
      const found = await checkTimestamp(altered, { text, nonce: 7n, trusted }).catch((error: unknown) => {
        expect(error).toBeInstanceOf(TypeError)
        refused += 1
        return stamp
      })
      expect(found).toEqual(stamp)
    }
    expect(refused).toBeGreaterThan(response.length / 23 / 2)
    for (const length of [0, 1, 50, response.length - 1])
      await expect(checkTimestamp(response.subarray(0, length), { text })).rejects.toThrow(TypeError)
    await using other = new OpensslAuthority()
    await other.listen()
    await expect(checkTimestamp(response, { text, trusted: other.trusted })).rejects.toThrow('not good')
    await expect(checkTimestamp(response, { text, trusted: 'none' })).rejects.toThrow('no certificate')
  })

  it('are refused where the authority refuses, or does not answer as it should', async () => {
    const refused = Buffer.from('30053003020102', 'hex')
    authority.change = () => refused
    const client = new HttpTimestampAuthority({ url })
    await expect(client.stamp(text)).rejects.toThrow('status 2')
    authority.change = () => Buffer.alloc(300 * 1024)
    await expect(client.stamp(text)).rejects.toThrow('too long')
    authority.change = response => response
    const answering = (init: ResponseInit) =>
      new HttpTimestampAuthority({ url, fetch: async () => new Response('x', init) }).stamp(text)
    await expect(answering({ status: 500 })).rejects.toThrow('answers with 500')
    await expect(answering({ headers: { 'Content-Type': 'text/html' } })).rejects.toThrow('answers with 200')
    expect(() => new HttpTimestampAuthority({ url: 'file:///etc' })).toThrow('http')
  })
})
