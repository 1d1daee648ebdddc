import { concat } from '#primitive'
import { decodeUtf8 } from '../../core/index.ts'

/** Where a bundle is read from: a folder, a tar, what a browser was given. */
export interface BundleSource {
  /** Names of all files, with `/` between folders. */
  files(): AsyncIterable<string>
  /** The bytes of a file; throws where it cannot be read. Files are read more than once. */
  read(name: string): AsyncIterable<Uint8Array>
  /** Bytes of a file; undefined where there is none. */
  size(name: string): Promise<number | undefined>
}

/** A whole file that is to be small; undefined where it is longer than `most` bytes, or not there. */
export async function readWhole(
  source: BundleSource,
  name: string,
  most: number,
): Promise<Uint8Array | undefined> {
  const size = await source.size(name)
  if (size === undefined || size > most) return undefined
  const bytes = new Uint8Array(size)
  let at = 0
  for await (const chunk of source.read(name)) {
    if (at + chunk.length > size) return undefined
    bytes.set(chunk, at)
    at += chunk.length
  }
  return at === size ? bytes : undefined
}

/** As `readWhole`; undefined also where it is not UTF-8. */
export async function readText(
  source: BundleSource,
  name: string,
  most: number,
): Promise<string | undefined> {
  const bytes = await readWhole(source, name, most)
  try {
    return bytes && decodeUtf8(bytes)
  } catch {
    return undefined
  }
}

/** What stands in the place of a line that is none. */
export type LineFault = 'line_too_long' | 'line_malformed'
export interface Line {
  readonly text: string
  readonly fault?: LineFault
}

const lineFeed = 10

/** Lines of a file, each ended by a line feed. A line that is too long or not UTF-8 is the last that is given. */
export async function* linesOf(
  source: BundleSource,
  name: string,
  longest: number,
): AsyncGenerator<Line, undefined> {
  let [pieces, length] = [[] as Uint8Array[], 0]
  for await (const chunk of source.read(name)) {
    let at = 0
    for (let end = chunk.indexOf(lineFeed); end >= 0; end = chunk.indexOf(lineFeed, at)) {
      const last = chunk.subarray(at, end)
      const line =
        length + last.length > longest ? faulty('line_too_long') : lineOf(joined([...pieces, last]))
      yield line
      if (line.fault !== undefined) return
      ;[pieces, length] = [[], 0]
      at = end + 1
    }
    // Whoever reads may use its buffer again.
    pieces.push(chunk.slice(at))
    length += chunk.length - at
    if (length > longest) return yield faulty('line_too_long')
  }
  // A file that was cut short ends within a line.
  if (length > 0) yield faulty('line_malformed')
}

function lineOf(bytes: Uint8Array): Line {
  // A mark at the beginning would be passed over in decoding.
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) return faulty('line_malformed')
  try {
    return { text: decodeUtf8(bytes) }
  } catch {
    return faulty('line_malformed')
  }
}

const faulty = (fault: LineFault): Line => ({ text: '', fault })

function joined(pieces: readonly Uint8Array[]): Uint8Array {
  const [only] = pieces
  if (only !== undefined && pieces.length === 1) return only
  return concat(...pieces)
}
