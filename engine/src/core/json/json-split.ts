import { isSpace, NEWLINE, OPEN_OBJECT } from './json-split-bytes.ts'
import type { JsonSlice } from './json-split-record.ts'
import { malformed, RecordCutter } from './json-split-record.ts'
import { DocumentScanner } from './json-split-scan.ts'

export type { JsonSlice } from './json-split-record.ts'

export interface JsonSplitOptions {
  /** Member of a document that holds the array of its records, such as `Records`. */
  readonly arrayMember?: string
  /** A record of more bytes is refused with `event_too_large`. */
  readonly maxRecordBytes: number
}

export interface JsonSplitter {
  /** The records that end in this chunk. */
  push(chunk: Uint8Array): JsonSlice[]
  /** The input is over: the record that it ends with, refused when it is cut off. */
  end(): JsonSlice[]
  /** Bytes pushed. */
  readonly bytes: number
}

/**
 * Cuts JSON text into its records without decoding or fully checking them: each slice is for `parseJson`. Holds at
 * most one record and one chunk. No byte but white space, commas and the passed-over members around `arrayMember`
 * is left out of the slices.
 *
 * The first value decides how the rest is read:
 * - `[` first: a document; each element is a record. So is each element of `arrayMember` in a top-level object.
 * - one value alone on the first line: NDJSON; each line is a record, whatever it is, and blank lines are passed
 *   over. A line with nothing but `{` starts a pretty-printed object, which is read to its end.
 * - a first line that cannot be JSON (the tail of a record, a text): NDJSON, that line being refused later.
 * - else (a value over several lines, several values on one line): values one after another, each a record;
 *   top-level arrays among them are lists of records.
 *
 * ```ts
 * const splitter = createJsonSplitter({ maxRecordBytes: 262_144 })
 * for await (const chunk of file) for (const slice of splitter.push(chunk)) take(slice)
 * for (const slice of splitter.end()) take(slice)
 * ```
 */
export function createJsonSplitter(options: JsonSplitOptions): JsonSplitter {
  return new ChunkedSplitter(options)
}

const byteOrderMark = [0xef, 0xbb, 0xbf] as const

class ChunkedSplitter implements JsonSplitter {
  readonly #cut: RecordCutter
  readonly #scanner: DocumentScanner
  /** `first` is the first value, `after-first` the rest of its line, `aside` a pretty-printed value in NDJSON. */
  #mode: 'first' | 'after-first' | 'lines' | 'document' | 'aside' = 'first'
  #opening: Uint8Array | undefined = new Uint8Array(0)
  #bytes = 0

  constructor(options: JsonSplitOptions) {
    this.#cut = new RecordCutter(options.maxRecordBytes)
    this.#scanner = new DocumentScanner(this.#cut, options.arrayMember)
  }

  get bytes(): number {
    return this.#bytes
  }

  push(chunk: Uint8Array): JsonSlice[] {
    this.#bytes += chunk.length
    if (this.#opening === undefined) return this.#read(chunk)
    const opening = concat(this.#opening, chunk)
    if (opening.length >= byteOrderMark.length) return this.#readOpening(opening)
    this.#opening = opening.slice()
    return []
  }

  end(): JsonSlice[] {
    const slices = this.#opening === undefined ? [] : this.#readOpening(this.#opening)
    if (this.#mode !== 'lines') this.#scanner.end(0)
    else if (this.#cut.isOpen) {
      this.#cut.close(
        0,
        isJson(this.#cut.textTo(0)) ? undefined : malformed('The last line is no whole value'),
      )
    }
    return [...slices, ...this.#cut.finish()]
  }

  #readOpening(opening: Uint8Array): JsonSlice[] {
    this.#opening = undefined
    return this.#read(byteOrderMark.every((byte, at) => opening[at] === byte) ? opening.subarray(3) : opening)
  }

  #read(chunk: Uint8Array): JsonSlice[] {
    this.#cut.begin(chunk)
    let at = 0
    while (at < chunk.length) {
      if (this.#mode === 'lines') at = this.#readLine(chunk, at)
      else if (this.#mode === 'after-first') at = this.#readLineEnd(chunk, at)
      else at = this.#readDocument(chunk, at)
    }
    return this.#cut.finish()
  }

  #readDocument(chunk: Uint8Array, from: number): number {
    const at = this.#scanner.scan(chunk, from)
    const stop = this.#scanner.stop
    if (stop === 'value' && this.#mode === 'aside') this.#mode = 'lines'
    if (stop === undefined || this.#mode !== 'first') return at
    this.#scanner.isCautious = false
    if (stop === 'broken') this.#mode = 'lines'
    else this.#mode = stop === 'value' && this.#cut.isOnFirstLine(at) ? 'after-first' : 'document'
    return at
  }

  #readLineEnd(chunk: Uint8Array, at: number): number {
    if (chunk[at] === NEWLINE) this.#mode = 'lines'
    else if (!isSpace(chunk[at])) {
      this.#mode = 'document'
      return at
    }
    return at + 1
  }

  #readLine(chunk: Uint8Array, from: number): number {
    let at = from
    if (!this.#cut.isOpen) {
      while (isSpace(chunk[at])) at += 1
      if (at === chunk.length) return at
      this.#cut.open(at)
    }
    const newline = chunk.indexOf(NEWLINE, at)
    if (newline < 0) return chunk.length
    if (this.#cut.lengthTo(newline) < 16 && isBrace(this.#cut.textTo(newline))) {
      this.#scanner.enterObject()
      this.#mode = 'aside'
      return newline
    }
    this.#cut.close(newline)
    return newline + 1
  }
}

const isBrace = (text: Uint8Array): boolean => text.length === 1 && text[0] === OPEN_OBJECT

function isJson(text: Uint8Array): boolean {
  try {
    JSON.parse(new TextDecoder().decode(text))
    return true
  } catch {
    return false
  }
}

function concat(first: Uint8Array, second: Uint8Array): Uint8Array {
  if (first.length === 0) return second
  const whole = new Uint8Array(first.length + second.length)
  whole.set(first)
  whole.set(second, first.length)
  return whole
}
