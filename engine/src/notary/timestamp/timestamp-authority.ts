import { randomBytes } from 'node:crypto'
import type { Timestamp } from './timestamp-token.ts'

export interface TimestampAuthorityOptions {
  /** Address that takes RFC 3161 requests. */
  readonly url: string
  /** Certificates (PEM) to trust; left out, only the signature itself is held to the certificate that came with it. */
  readonly trusted?: string
  /** Milliseconds for an answer; default 10,000. */
  readonly timeout?: number
  readonly fetch?: typeof fetch
}

const longestResponse = 256 * 1024
const nonceLength = 8

/** Asks a time stamp authority over HTTP (RFC 3161 §3.4), and keeps nothing that does not hold. */
export class HttpTimestampAuthority {
  readonly #url: URL
  readonly #options: TimestampAuthorityOptions

  /** @throws TypeError for what is no http or https address. */
  constructor(options: TimestampAuthorityOptions) {
    this.#url = new URL(options.url)
    this.#options = options
    if (!/^https?:$/.test(this.#url.protocol))
      throw new TypeError('A time stamp authority has an http or https address')
  }

  /** The response, DER. @throws TypeError for one that does not hold; what fetch throws where there is none. */
  async stamp(text: string, signal?: AbortSignal): Promise<Uint8Array> {
    // What reads certificates is an optional package, which only those need who ask for time stamps.
    const { checkTimestamp, timestampRequest } = await import('./timestamp-token.ts')
    const nonce = BigInt(`0x${randomBytes(nonceLength).toString('hex')}`)
    const response = await this.#post(timestampRequest(text, nonce), signal)
    const { trusted } = this.#options
    await checkTimestamp(response, { text, nonce, ...(trusted === undefined ? {} : { trusted }) })
    return response
  }

  async #post(body: Uint8Array, signal?: AbortSignal): Promise<Uint8Array> {
    const { timeout = 10_000, fetch: ask = fetch } = this.#options
    const limit = AbortSignal.timeout(timeout)
    const response = await ask(this.#url, {
      method: 'POST',
      body: new Uint8Array(body),
      redirect: 'error',
      headers: { 'Content-Type': 'application/timestamp-query' },
      signal: signal ? AbortSignal.any([signal, limit]) : limit,
    })
    const type = (response.headers.get('Content-Type') ?? '').split(';')[0]?.trim()
    if (response.status !== 200 || type !== 'application/timestamp-reply') {
      await response.body?.cancel()
      throw new TypeError(`The time stamp authority answers with ${response.status}`)
    }
    const parts: Uint8Array[] = []
    let length = 0
    for await (const part of response.body ?? []) {
      length += part.length
      if (length > longestResponse) throw new TypeError('The answer of the time stamp authority is too long')
      parts.push(part)
    }
    return Buffer.concat(parts)
  }
}

/** Holds a kept response to the text of its checkpoint, as an auditor does. @throws TypeError saying what is wrong. */
export async function verifyTimestamp(
  response: Uint8Array,
  text: string,
  options: { readonly trusted?: string } = {},
): Promise<Timestamp> {
  const { checkTimestamp } = await import('./timestamp-token.ts')
  return checkTimestamp(response, { text, ...options })
}
