import { KeelsonError } from '../../core/index.ts'
import type { VerifierKey } from '../../proof/index.ts'
import { cosignedAt, parseNote, parseVerifierKey, signatureLine } from '../../proof/index.ts'
import { addCheckpointText, longestRequest, sizeType } from './add-checkpoint.ts'

export interface WitnessAddress {
  /** The submission prefix; requests go to `<url>/add-checkpoint`. */
  readonly url: string
  /** The witness's verifier key. */
  readonly key: string
  /** Tenants whose logs it knows; left out, it knows all. */
  readonly tenants?: readonly string[]
}

export interface WitnessClientOptions {
  /** Milliseconds for one request; default 10,000. */
  readonly timeout?: number
  readonly fetch?: typeof fetch
}

/** A checkpoint that is to be signed, and what proves that it goes on from an earlier size. */
export interface WitnessRequest {
  readonly origin: string
  readonly size: number
  /** The whole note. */
  readonly checkpoint: string
  consistency(from: number): Promise<readonly string[]>
}

const mostSizes = 10_000
const mostRounds = 4

/** Asks one witness for its cosignatures; remembers how far it has come with each log. */
export class WitnessClient {
  readonly key: VerifierKey
  readonly #tenants: ReadonlySet<string> | undefined
  readonly #url: URL
  readonly #timeout: number
  readonly #fetch: typeof fetch
  readonly #sizes = new Map<string, number>()

  /** @throws TypeError for what is no address or no key of a witness. */
  constructor({ url, key, tenants }: WitnessAddress, options: WitnessClientOptions = {}) {
    this.#tenants = tenants && new Set(tenants)
    this.key = parseVerifierKey(key)
    if (this.key.kind !== 'witness') throw new TypeError(`The key of ${this.key.name} is none of a witness`)
    this.#url = new URL(`${url.replace(/\/+$/, '')}/add-checkpoint`)
    if (!/^https?:$/.test(this.#url.protocol)) throw new TypeError('A witness has an http or https address')
    this.#timeout = options.timeout ?? 10_000
    this.#fetch = options.fetch ?? fetch
  }

  /** Whether it is to be asked about the tenant's log. */
  knows(tenantId: string): boolean {
    return this.#tenants?.has(tenantId) ?? true
  }

  get name(): string {
    return this.key.name
  }

  /**
   * The witness's signature line, checked.
   * @throws KeelsonError `witness_refused` where it does not sign; what fetch throws where it does not answer.
   */
  async cosign(request: WitnessRequest, signal?: AbortSignal): Promise<string> {
    let old = Math.min(this.#sizes.get(request.origin) ?? 0, request.size)
    for (let round = 1; ; round += 1) {
      const proof = old === 0 ? [] : await request.consistency(old)
      const body = addCheckpointText(old, proof, request.checkpoint)
      const { status, type, text } = await this.#post(body, signal)
      if (status === 200) return this.#accept(request, text)
      if (status === 404) throw this.#refused(unknownLog(request.origin))
      const named = status === 409 && type === sizeType ? sizeIn(text) : undefined
      if (named === undefined) throw this.#refused(`answers with ${status}`)
      if (named === old) throw this.#refused(`has another root of the log at ${named} entries`)
      this.#remember(request.origin, named)
      if (named > request.size) throw this.#refused(`has seen ${named} entries of the log already`)
      if (round === mostRounds) throw this.#refused('names another size each time')
      old = named
    }
  }

  forget(origin: string): void {
    this.#sizes.delete(origin)
  }

  #accept({ origin, size, checkpoint }: WitnessRequest, text: string): string {
    try {
      const { text: signed } = parseNote(checkpoint)
      // Lines of keys that nobody knows are left out.
      for (const signature of parseNote(`${signed}\n${text}`).signatures) {
        if (cosignedAt({ text: signed, signatures: [signature] }, this.key) === undefined) continue
        this.#remember(origin, size)
        return signatureLine(signature)
      }
    } catch (error) {
      throw this.#refused('answers with what is no signature', error)
    }
    throw this.#refused('answers without a signature of its key')
  }

  async #post(body: string, signal?: AbortSignal): Promise<{ status: number; type: string; text: string }> {
    const limit = AbortSignal.timeout(this.#timeout)
    const response = await this.#fetch(this.#url, {
      method: 'POST',
      body,
      redirect: 'error',
      headers: { 'Content-Type': 'text/plain; charset=utf-8' },
      signal: signal ? AbortSignal.any([signal, limit]) : limit,
    })
    const type = (response.headers.get('Content-Type') ?? '').split(';')[0]?.trim() ?? ''
    return { status: response.status, type, text: await textOf(response) }
  }

  #remember(origin: string, size: number): void {
    this.#sizes.delete(origin)
    this.#sizes.set(origin, size)
    if (this.#sizes.size <= mostSizes) return
    for (const first of this.#sizes.keys()) {
      this.#sizes.delete(first)
      break
    }
  }

  #refused(what: string, cause?: unknown): KeelsonError {
    return new KeelsonError(
      'witness_refused',
      `The witness ${this.name} ${what}`,
      { witness: this.name },
      cause,
    )
  }
}

const unknownLog = (origin: string): string =>
  `does not know this log: ${origin} (404). Name the tenants whose logs it knows behind its address, or give it the key`

const sizeIn = (text: string): number | undefined => {
  const found = /^(0|[1-9]\d{0,15})\n$/.exec(text)
  const size = Number(found?.[1])
  return found && Number.isSafeInteger(size) ? size : undefined
}

/** The answer's text, cut off where it is longer than any that means something. */
async function textOf(response: Response): Promise<string> {
  const parts: Uint8Array[] = []
  let length = 0
  for await (const part of response.body ?? []) {
    length += part.length
    if (length > longestRequest) break
    parts.push(part)
  }
  return Buffer.concat(parts).toString('utf8')
}
