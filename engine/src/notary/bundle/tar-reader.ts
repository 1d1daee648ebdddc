import type { TarEntry } from './tar-header.ts'
import { blockLength, damaged, parseTarHeader } from './tar-header.ts'

/** A file of an archive; its content is to be read before the next one is asked for, or is passed over. */
export interface TarFile extends TarEntry {
  readonly content: AsyncIterable<Uint8Array>
}

/**
 * The files of a tar as it comes in, with no more than a chunk of it in memory.
 * @throws KeelsonError `bundle_damaged` where it is cut off, or has anything but regular files.
 */
export async function* readTar(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<TarFile> {
  const source = new ByteSource(chunks)
  for (;;) {
    const entry = parseTarHeader(await source.exactly(blockLength))
    if (entry === undefined) return
    const { name, size, isFile } = entry
    const content = source.upTo(size)
    if (isFile) yield { name, size, content }
    for await (const _ of content);
    await source.exactly((blockLength - (size % blockLength)) % blockLength)
  }
}

class ByteSource {
  readonly #chunks: AsyncIterator<Uint8Array>
  #rest: Uint8Array = new Uint8Array()

  constructor(chunks: AsyncIterable<Uint8Array>) {
    this.#chunks = chunks[Symbol.asyncIterator]()
  }

  async exactly(count: number): Promise<Buffer> {
    const parts: Uint8Array[] = []
    for (let left = count; left > 0; ) {
      const part = await this.#take(left)
      parts.push(part)
      left -= part.length
    }
    return Buffer.concat(parts)
  }

  /** Goes on where an earlier iteration of it was left. */
  upTo(count: number): AsyncIterable<Uint8Array> {
    let left = count
    const next = async (): Promise<IteratorResult<Uint8Array>> => {
      if (left === 0) return { done: true, value: undefined }
      const value = await this.#take(left)
      left -= value.length
      return { done: false, value }
    }
    return { [Symbol.asyncIterator]: () => ({ next }) }
  }

  async #take(most: number): Promise<Uint8Array> {
    while (this.#rest.length === 0) {
      const { done, value } = await this.#chunks.next()
      if (done) throw damaged('ends too early')
      this.#rest = value
    }
    const part = this.#rest.subarray(0, most)
    this.#rest = this.#rest.subarray(part.length)
    return part
  }
}
