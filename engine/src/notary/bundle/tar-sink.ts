import { once } from 'node:events'
import type { Writable } from 'node:stream'
import { KeelsonError } from '../../core/index.ts'
import type { BundleSink } from './bundle-sink.ts'
import { checkPlainName } from './bundle-sink.ts'
import { Spool } from './spool.ts'
import { blockLength, tarHeader, tarSign } from './tar-header.ts'

export interface TarSinkOptions {
  /** Folder where a file waits until its length is known: there must be room for the longest, `bodies.ndjson`. */
  readonly folder: string
  /** Milliseconds without a byte after which the tar gets an entry that says nothing; default 15,000. */
  readonly signEvery?: number
}

/**
 * A tar (ustar) of the bundle, written as fast as `out` takes it. A header says how long its file is, so a file that
 * comes in chunks is spooled first.
 */
export function createTarSink(out: Writable, { folder, signEvery = 15_000 }: TarSinkOptions): BundleSink {
  const names = new Set<string>()
  return {
    async write(name, chunks) {
      checkPlainName(name)
      if (names.has(name))
        throw new KeelsonError('file_exists', `The bundle has two files of the name ${name}`)
      names.add(name)
      if (Array.isArray(chunks)) {
        const whole = chunks as readonly Uint8Array[]
        await send(out, name, sum(whole), whole)
        return
      }
      // Whoever waits for the tar would give up while a long file is spooled.
      const signs = setInterval(() => {
        if (!out.writableNeedDrain && !out.destroyed) out.write(tarSign())
      }, signEvery)
      const spool = await Spool.of(chunks, folder).finally(() => clearInterval(signs))
      try {
        await send(out, name, spool.length, spool.read())
      } finally {
        await spool.close()
      }
    },
    async end() {
      await push(out, Buffer.alloc(blockLength * 2))
    },
  }
}

async function send(
  out: Writable,
  name: string,
  size: number,
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): Promise<void> {
  await push(out, tarHeader({ name, size }))
  for await (const chunk of chunks) await push(out, chunk)
  const over = size % blockLength
  if (over > 0) await push(out, Buffer.alloc(blockLength - over))
}

/** Resolves when `out` takes more. @throws Error where it was closed. */
async function push(out: Writable, bytes: Uint8Array): Promise<void> {
  if (out.destroyed) throw out.errored ?? new KeelsonError('request_timeout', 'The client broke off')
  if (out.write(bytes)) return
  const gone = new AbortController()
  const onClose = () => gone.abort()
  out.once('close', onClose)
  try {
    await once(out, 'drain', { signal: gone.signal })
  } catch (error) {
    if (!gone.signal.aborted) throw error
    throw new KeelsonError('request_timeout', 'The client broke off', {}, error)
  } finally {
    out.off('close', onClose)
  }
}

const sum = (chunks: readonly Uint8Array[]): number =>
  chunks.reduce((total, { byteLength }) => total + byteLength, 0)
