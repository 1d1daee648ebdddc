import { KeelsonError } from '../../../../core/index.ts'

export interface VaultAddress {
  /** Such as `https://vault.example.com:8200`. */
  readonly address: string
  /** The token, or what gives the one that holds at the moment. */
  readonly token: string | (() => string | Promise<string>)
  readonly namespace?: string
  /** Milliseconds for one call; default 10,000. */
  readonly timeout?: number
  /** Allows a plain connection to another machine, over which anybody can read the token; default false. */
  readonly isPlainAllowed?: boolean
  readonly fetch?: typeof fetch
}

const maxAnswerBytes = 256 * 1024

/** Calls Vault's HTTP API. No error has the token, what was sent, or what came back but for Vault's own words. */
export class VaultClient {
  readonly #base: URL
  readonly #options: VaultAddress

  /** @throws TypeError for an address that cannot be used. */
  constructor(options: VaultAddress) {
    this.#base = new URL(options.address)
    this.#options = options
    const { protocol, hostname, username, password } = this.#base
    if (username !== '' || password !== '') throw new TypeError('The address of Vault has credentials in it')
    const isPlain = protocol === 'http:'
    if (!isPlain && protocol !== 'https:') throw new TypeError('The address of Vault is none of https')
    const isLocal = ['localhost', '127.0.0.1', '[::1]'].includes(hostname)
    if (isPlain && !isLocal && !options.isPlainAllowed)
      throw new TypeError('The address of Vault is plain http: anybody on the way could read the token')
  }

  get host(): string {
    return this.#base.host
  }

  /** Gives the member `data` of the answer. @throws KeelsonError `key_ring_locked`, `_denied`, `_lost`, `_wrong`. */
  async call(method: 'GET' | 'POST', path: string, body?: unknown): Promise<Record<string, unknown>> {
    const response = await this.#send(method, path, body)
    const text = await this.#read(response)
    if (!response.ok) throw this.#refused(response.status, text)
    const data = objectOf(objectOf(text)['data'])
    if (Object.keys(data).length === 0) throw this.#locked('it answers with what is no data')
    return data
  }

  async #send(method: string, path: string, body: unknown): Promise<Response> {
    const { token, namespace, timeout = 10_000, fetch: send = fetch } = this.#options
    const headers: Record<string, string> = {
      'x-vault-token': await this.#token(token),
      'x-vault-request': 'true',
      ...(namespace === undefined ? {} : { 'x-vault-namespace': namespace }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    }
    const base = this.#base.href.replace(/\/$/, '')
    try {
      return await send(`${base}/v1/${path}`, {
        method,
        headers,
        // Another host would get the token.
        redirect: 'manual',
        signal: AbortSignal.timeout(timeout),
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      })
    } catch (error) {
      throw this.#locked(wordFor(error))
    }
  }

  async #token(token: VaultAddress['token']): Promise<string> {
    let text: string
    try {
      text = (typeof token === 'string' ? token : await token()).trim()
    } catch {
      throw this.#locked('there is no token for it at the moment')
    }
    // A header of anything else is refused with an error that shows it.
    if (!/^[\x21-\x7e]{1,8192}$/.test(text)) throw this.#denied('the token for it is none')
    return text
  }

  async #read(response: Response): Promise<string> {
    const parts: Uint8Array[] = []
    let size = 0
    try {
      for await (const part of response.body ?? []) {
        size += part.byteLength
        if (size > maxAnswerBytes) throw this.#locked('its answer is too long')
        parts.push(part)
      }
    } catch (error) {
      throw error instanceof KeelsonError ? error : this.#locked(wordFor(error))
    }
    return Buffer.concat(parts).toString('utf8')
  }

  #refused(status: number, text: string): KeelsonError {
    const words = wordsOf(text)
    if (status === 403 || status === 401) return this.#denied(`it answers ${status}${words}`)
    if (status === 404 || /key not found|no such key/i.test(words))
      return new KeelsonError('key_ring_lost', `Vault at ${this.host} does not have the key${words}`, {
        status,
      })
    if (status === 400 || status === 422)
      return new KeelsonError('key_ring_wrong', `Vault at ${this.host} cannot open the key${words}`, {
        status,
      })
    if (status === 503) return this.#locked(`it is sealed or in standby${words}`, status)
    if (status >= 300 && status < 400)
      return this.#locked('it names another address, which is not followed', status)
    return this.#locked(`it answers ${status}${words}`, status)
  }

  #locked(why: string, status?: number): KeelsonError {
    const details = status === undefined ? {} : { status }
    return new KeelsonError('key_ring_locked', `Vault at ${this.host} cannot be used: ${why}`, details)
  }

  #denied(why: string): KeelsonError {
    const message = `Vault at ${this.host} does not let Keelson use the key: ${why}`
    return new KeelsonError('key_ring_denied', message)
  }
}

function objectOf(value: unknown): Record<string, unknown> {
  let parsed = value
  if (typeof value === 'string')
    try {
      parsed = JSON.parse(value)
    } catch {
      return {}
    }
  return typeof parsed === 'object' && parsed !== null ? (parsed as Record<string, unknown>) : {}
}

/** Vault's own words, shortened; it does not repeat what it was sent. */
function wordsOf(text: string): string {
  const { errors } = objectOf(text)
  const words = Array.isArray(errors) ? errors.filter(one => typeof one === 'string').join('; ') : ''
  return words === '' ? '' : `: ${words.replaceAll(/\s+/g, ' ').trim().slice(0, 200)}`
}

/** The system's word for why there was no answer. */
function wordFor(error: unknown): string {
  const { name, cause } = error as { name?: string; cause?: { code?: string } }
  return name === 'TimeoutError' ? 'it does not answer in time' : (cause?.code ?? 'it cannot be reached')
}
