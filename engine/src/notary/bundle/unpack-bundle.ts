import type { JsonValue } from '../../core/index.ts'
import { isJsonObject, KeelsonError } from '../../core/index.ts'
import type { BundleSink } from './bundle-sink.ts'
import { bundleFormat, HashedFiles } from './manifest.ts'
import { readTar } from './tar-reader.ts'

/** A manifest names every tile: this is room for some hundred millions of leaves. */
const longestManifest = 64 * 1024 * 1024

export interface UnpackOptions {
  /** Bytes of files so far, and the file that is being written. */
  readonly onProgress?: (bytes: number, name: string) => void
  readonly signal?: AbortSignal
}

export interface UnpackedBundle {
  readonly files: number
  readonly bytes: number
  readonly origin: string
  readonly size: number
  readonly from: number
  readonly to: number
}

/**
 * Takes the files of a bundle out of its tar, and holds them to its manifest. Whether what the bundle says is true, a
 * verifier finds out.
 *
 * @throws KeelsonError `bundle_damaged` where it is cut off, or is not what its manifest says.
 */
export async function unpackBundle(
  tar: AsyncIterable<Uint8Array>,
  sink: BundleSink,
  { onProgress, signal }: UnpackOptions = {},
): Promise<UnpackedBundle> {
  const files = new HashedFiles(sink)
  let manifest = ''
  let bytes = 0
  for await (const { name, size, content } of readTar(tar)) {
    const isManifest = name === 'manifest.json'
    if (isManifest && size > longestManifest) throw damaged('has a manifest that is too long')
    const parts: Uint8Array[] = []
    await files.chunks(name, watched(content))
    if (isManifest) manifest = Buffer.concat(parts).toString()

    async function* watched(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
      for await (const chunk of chunks) {
        signal?.throwIfAborted()
        bytes += chunk.byteLength
        onProgress?.(bytes, name)
        if (isManifest) parts.push(chunk)
        yield chunk
      }
    }
  }
  const about = checkManifest(manifest, files.hashes)
  await sink.end()
  return { files: files.count, bytes: files.bytes, ...about }
}

function checkManifest(text: string, hashes: Readonly<Record<string, string>>) {
  const { 'manifest.json': _, 'manifest.note': note, ...found } = hashes
  const manifest = parse(text)
  if (!isJsonObject(manifest) || note === undefined) throw damaged('has no manifest')
  const { format, origin, size, from, to, files } = manifest
  if (format !== bundleFormat) throw damaged(`is of the form "${String(format).slice(0, 50)}"`)
  if (!isJsonObject(files)) throw damaged('has a manifest that names no files')
  const names = new Set([...Object.keys(files), ...Object.keys(found)])
  for (const name of names)
    if (files[name] !== found[name]) throw damaged(`has another ${name.slice(0, 100)} than its manifest says`)
  return { origin: String(origin), size: Number(size), from: Number(from), to: Number(to) }
}

function parse(text: string): JsonValue | undefined {
  try {
    return JSON.parse(text) as JsonValue
  } catch {
    return undefined
  }
}

const damaged = (what: string): KeelsonError => new KeelsonError('bundle_damaged', `The bundle ${what}`)
