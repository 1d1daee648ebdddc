import { once } from 'node:events'
import type { Gunzip } from 'node:zlib'
import { createGunzip } from 'node:zlib'
import { KeelsonError } from 'keelson'

export interface UnpackLimits {
  /** Most bytes that gzip may unpack to. */
  readonly maxBytes: number
  /** Most bytes out for each byte in, once more than `ratioFrom` came out. */
  readonly maxRatio: number
  readonly ratioFrom: number
}

/**
 * How much is handed to the decoder at a time. It keeps what it made of a piece in which it meets damage, so that
 * this is the most that is lost before a damaged place.
 */
const pieceLength = 512

/**
 * The bytes of the input, unpacked where they begin as gzip does; members one after another are one file.
 *
 * @throws KeelsonError after the bytes before the fault: `compression_invalid` where the input is damaged, cut off or
 *   goes on with other bytes (zeros fill up blocks and are passed over), `decompression_limit` where it unpacks to
 *   more than the limits allow.
 */
export async function* unpack(
  input: AsyncIterable<Uint8Array>,
  limits: UnpackLimits,
): AsyncGenerator<Uint8Array> {
  const chunks = input[Symbol.asyncIterator]()
  try {
    const opening = await readOpening(chunks)
    const isGzip = opening[0] === 0x1f && opening[1] === 0x8b
    const whole = prepend(opening, chunks)
    yield* isGzip ? gunzip(whole, limits) : whole
  } finally {
    await chunks.return?.()
  }
}

async function readOpening(chunks: AsyncIterator<Uint8Array>): Promise<Uint8Array> {
  let opening: Uint8Array = new Uint8Array(0)
  while (opening.length < 2) {
    const next = await chunks.next()
    if (next.done) break
    opening = opening.length === 0 ? next.value : Buffer.concat([opening, next.value])
  }
  return opening
}

async function* prepend(opening: Uint8Array, chunks: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array> {
  if (opening.length > 0) yield opening
  for (let next = await chunks.next(); !next.done; next = await chunks.next()) yield next.value
}

async function* gunzip(input: AsyncIterable<Uint8Array>, limits: UnpackLimits): AsyncGenerator<Uint8Array> {
  const decoder = new Decoder(limits)
  try {
    for await (const chunk of input) {
      for (let at = 0; at < chunk.length; at += pieceLength) {
        await decoder.write(chunk.subarray(at, at + pieceLength))
        yield* decoder.take()
        decoder.check()
      }
    }
    await decoder.end()
    yield* decoder.take()
    decoder.check()
  } finally {
    decoder.close()
  }
}

/** Takes what the decoder gives as soon as it gives it: a stream would throw it away when an error follows. */
class Decoder {
  readonly #limits: UnpackLimits
  readonly #stream: Gunzip = createGunzip()
  readonly #over: Promise<unknown>
  #out: Uint8Array[] = []
  #bytesIn = 0
  #bytesOut = 0
  #isEnded = false
  #error: Error | undefined
  #fault: KeelsonError | undefined

  constructor(limits: UnpackLimits) {
    this.#limits = limits
    this.#stream.on('data', (bytes: Uint8Array) => this.#collect(bytes))
    this.#stream.on('error', error => {
      this.#error = error
    })
    this.#stream.on('end', () => {
      this.#isEnded = true
    })
    this.#over = Promise.race([once(this.#stream, 'end'), once(this.#stream, 'close')]).catch(() => undefined)
  }

  async write(piece: Uint8Array): Promise<void> {
    const start = this.#bytesIn
    this.#bytesIn += piece.length
    if (!this.#isEnded) {
      await Promise.race([
        this.#over,
        new Promise<void>(resolve => this.#stream.write(piece, () => resolve())),
      ])
    }
    if (!this.#isEnded) return
    const rest = piece.subarray(Math.max(0, this.#stream.bytesWritten - start))
    if (rest.some(byte => byte !== 0)) this.#fault ??= invalid('Other bytes follow the compressed ones')
  }

  async end(): Promise<void> {
    if (this.#isEnded) return
    this.#stream.end()
    await this.#over
  }

  take(): Uint8Array[] {
    const out = this.#out
    this.#out = []
    return out
  }

  check(): void {
    if (this.#fault !== undefined) throw this.#fault
    if (this.#error === undefined) return
    const isCut = (this.#error as NodeJS.ErrnoException).code === 'Z_BUF_ERROR'
    throw invalid(isCut ? 'The compressed input is cut off' : 'The compressed input is damaged', this.#error)
  }

  close(): void {
    this.#stream.destroy()
  }

  #collect(bytes: Uint8Array): void {
    if (this.#fault !== undefined) return
    this.#bytesOut += bytes.length
    const { maxBytes, maxRatio, ratioFrom } = this.#limits
    const isBomb = this.#bytesOut > ratioFrom && this.#bytesOut > this.#bytesIn * maxRatio
    if (this.#bytesOut <= maxBytes && !isBomb) {
      this.#out.push(bytes)
      return
    }
    const why = isBomb ? `at more than ${maxRatio} to 1` : `to more than ${maxBytes} bytes`
    this.#fault = new KeelsonError('decompression_limit', `The input unpacks ${why}`)
  }
}

const invalid = (message: string, cause?: unknown): KeelsonError =>
  new KeelsonError('compression_invalid', message, {}, cause)
