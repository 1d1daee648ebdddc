import { createHash, hash } from 'node:crypto'
import type { SignerKey } from '../../proof/index.ts'
import { noteText, signNote } from '../../proof/index.ts'
import type { BundleSink } from './bundle-sink.ts'

/** Name and version of the form. */
export const bundleFormat = 'keelson-bundle/1'

/** What a bundle says of itself in `manifest.json`. */
export interface BundleManifest {
  readonly format: typeof bundleFormat
  readonly origin: string
  /** Leaves that the checkpoint covers. */
  readonly size: number
  /** The leaves in the bundle: `from` to before `to`. */
  readonly from: number
  readonly to: number
  /** `hidden` where personal fields were left out. */
  readonly personal: 'shown' | 'hidden'
  /** SHA-256 of each other file, as hex, but for that of the note. */
  readonly files: Readonly<Record<string, string>>
}

/** One file a line, so that a line editor can make of it what `sha256sum --check` reads. */
export const manifestText = (manifest: BundleManifest): string => `${JSON.stringify(manifest, null, 1)}\n`

/** Signed like a checkpoint: the origin, what it is, and the SHA-256 of `manifest.json`. */
export function manifestNote(origin: string, manifest: string, signer: SignerKey): string {
  const text = `${origin}\nkeelson/v1 manifest\n${hash('sha256', manifest, 'base64')}\n`
  return noteText(signNote(text, [signer]))
}

/** Hands files on to a sink, and keeps their hashes. */
export class HashedFiles {
  readonly #sink: BundleSink
  readonly #hashes = new Map<string, string>()
  #bytes = 0

  constructor(sink: BundleSink) {
    this.#sink = sink
  }

  /** By name, sorted. */
  get hashes(): Readonly<Record<string, string>> {
    return Object.fromEntries([...this.#hashes].sort(([a], [b]) => (a < b ? -1 : 1)))
  }

  get count(): number {
    return this.#hashes.size
  }

  get bytes(): number {
    return this.#bytes
  }

  async text(name: string, text: string): Promise<void> {
    await this.whole(name, Buffer.from(text))
  }

  async whole(name: string, bytes: Uint8Array): Promise<void> {
    await this.#sink.write(name, [bytes])
    this.#add(name, hash('sha256', bytes, 'hex'), bytes.byteLength)
  }

  async chunks(name: string, chunks: AsyncIterable<Uint8Array>): Promise<void> {
    const sum = createHash('sha256')
    let bytes = 0
    await this.#sink.write(
      name,
      (async function* () {
        for await (const chunk of chunks) {
          sum.update(chunk)
          bytes += chunk.byteLength
          yield chunk
        }
      })(),
    )
    this.#add(name, sum.digest('hex'), bytes)
  }

  #add(name: string, hex: string, bytes: number): void {
    this.#hashes.set(name, hex)
    this.#bytes += bytes
  }
}
