import type { Cipheriv } from 'node:crypto'
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import type { FileHandle } from 'node:fs/promises'
import { mkdir, open, unlink } from 'node:fs/promises'
import { join } from 'node:path'

const algorithm = 'aes-256-ctr'
const readLength = 256 * 1024
const writeLength = 256 * 1024

/**
 * A file's content while its length is not known yet. It lies in a file without a name, encrypted under a key that
 * nothing but this object has: what a bundle shows of persons is not left behind, not even by a crash.
 */
export class Spool {
  readonly #file: FileHandle
  readonly #key = randomBytes(32)
  readonly #iv = randomBytes(16)
  #length = 0

  private constructor(file: FileHandle) {
    this.#file = file
  }

  /** Takes all chunks in; `folder` is where the file lies. */
  static async of(chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>, folder: string): Promise<Spool> {
    await mkdir(folder, { recursive: true, mode: 0o700 })
    const path = join(folder, `keelson-${randomBytes(12).toString('hex')}.spool`)
    const file = await open(path, 'wx+', 0o600)
    const spool = new Spool(file)
    try {
      await unlink(path)
      await spool.#fill(chunks)
      return spool
    } catch (error) {
      await spool.close()
      throw error
    }
  }

  /** Bytes. */
  get length(): number {
    return this.#length
  }

  async *read(): AsyncGenerator<Uint8Array> {
    const cipher = createDecipheriv(algorithm, this.#key, this.#iv)
    for (let at = 0; at < this.#length; ) {
      const { bytesRead, buffer } = await this.#file.read(Buffer.allocUnsafe(readLength), 0, readLength, at)
      if (bytesRead === 0) throw new Error('the spool is shorter than what was written to it')
      at += bytesRead
      yield cipher.update(buffer.subarray(0, bytesRead))
    }
  }

  /** Frees the file and forgets the key. May be called twice. */
  async close(): Promise<void> {
    this.#key.fill(0)
    await this.#file.close()
  }

  async #fill(chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<void> {
    const cipher = createCipheriv(algorithm, this.#key, this.#iv)
    let waiting: Buffer[] = []
    let bytes = 0
    for await (const chunk of chunks) {
      waiting.push(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength))
      bytes += chunk.byteLength
      if (bytes < writeLength) continue
      await this.#append(cipher, waiting)
      waiting = []
      bytes = 0
    }
    await this.#append(cipher, waiting)
  }

  async #append(cipher: Cipheriv, chunks: readonly Buffer[]): Promise<void> {
    const bytes = cipher.update(Buffer.concat(chunks))
    for (let at = 0; at < bytes.length; ) {
      const { bytesWritten } = await this.#file.write(bytes, at, bytes.length - at, this.#length)
      at += bytesWritten
      this.#length += bytesWritten
    }
  }
}
