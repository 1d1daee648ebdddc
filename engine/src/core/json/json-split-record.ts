import type { ErrorCode } from '../error.ts'
import { KeelsonError } from '../error.ts'
import { isSpace, NEWLINE } from './json-split-bytes.ts'

/**
 * One record of the input, its bytes as they stand. `line` is the 1-based line of its first byte, `index` its
 * 0-based place among the slices. A refused one has the beginning of its bytes (at most 64 KiB) and its `length`.
 * `text` may share memory with the chunk that was pushed: use it before the chunk is reused.
 */
export type JsonSlice =
  | { readonly ok: true; readonly text: Uint8Array; readonly line: number; readonly index: number }
  | {
      readonly ok: false
      readonly text: Uint8Array
      readonly length: number
      readonly line: number
      readonly index: number
      readonly error: KeelsonError
    }

const maxKept = 65_536
/** A line may hold a carriage return more than the record: whether it is too long shows after trimming. */
const slack = 2

/** Cuts records out of chunks: keeps the part of a record that earlier chunks held, counts lines and records. */
export class RecordCutter {
  readonly #max: number
  #slices: JsonSlice[] = []
  #chunk: Uint8Array = new Uint8Array(0)
  #index = 0
  #line = 1
  #counted = 0
  #start = -1
  #recordLine = 1
  #held: Uint8Array = new Uint8Array(0)
  #heldLength = 0
  /** Bytes of the open record in earlier chunks, held or not. */
  #before = 0

  constructor(maxRecordBytes: number) {
    this.#max = maxRecordBytes
  }

  get isOpen(): boolean {
    return this.#start >= 0
  }

  begin(chunk: Uint8Array): void {
    this.#chunk = chunk
    this.#counted = 0
  }

  /** A record starts at this place of the chunk. */
  open(at: number): void {
    this.#start = at
    this.#recordLine = this.lineAt(at)
  }

  /** Whether the open record started on the line of this place. */
  isOnFirstLine(at: number): boolean {
    return this.#recordLine === this.lineAt(at)
  }

  lineAt(at: number): number {
    let newline = this.#chunk.indexOf(NEWLINE, this.#counted)
    while (newline >= 0 && newline < at) {
      this.#line += 1
      this.#counted = newline + 1
      newline = this.#chunk.indexOf(NEWLINE, this.#counted)
    }
    // What was searched without a find is not searched again.
    this.#counted = Math.max(this.#counted, newline < 0 ? this.#chunk.length : newline)
    return this.#line
  }

  /** Bytes of the open record up to here, without white space at the end. */
  textTo(end: number): Uint8Array {
    return trimEnd(this.#assemble(end))
  }

  /** Their number, white space at the end included. */
  lengthTo(end: number): number {
    return this.#before + end - this.#start
  }

  /** The open record ends before this place. */
  close(end: number, error?: KeelsonError): void {
    const length = this.lengthTo(end)
    const text = this.textTo(end)
    const isLong = length > this.#max + slack || text.length > this.#max
    const place = { line: this.#recordLine, index: this.#index++ }
    if (isLong || error !== undefined) {
      const reason = isLong ? tooLarge(this.#max) : (error as KeelsonError)
      this.#slices.push({ ok: false, text: text.slice(0, maxKept), length, ...place, error: reason })
    } else {
      this.#slices.push({ ok: true, text, ...place })
    }
    this.drop()
  }

  /** Forgets the open record. */
  drop(): void {
    this.#start = -1
    this.#before = 0
    this.#heldLength = 0
    this.#held = new Uint8Array(0)
  }

  /** The chunk is over: keeps what the open record has of it, and gives the slices that were cut. */
  finish(): JsonSlice[] {
    if (this.isOpen) this.#hold(this.#chunk.subarray(this.#start))
    this.lineAt(this.#chunk.length)
    this.#chunk = new Uint8Array(0)
    this.#counted = 0
    const slices = this.#slices
    this.#slices = []
    return slices
  }

  #assemble(end: number): Uint8Array {
    const part = this.#chunk.subarray(this.#start, end)
    if (this.#before === 0) return part
    const text = new Uint8Array(this.#heldLength + part.length)
    text.set(this.#held.subarray(0, this.#heldLength))
    text.set(part, this.#heldLength)
    return text
  }

  #hold(part: Uint8Array): void {
    this.#before += part.length
    this.#start = 0
    if (this.#before <= this.#max + slack) {
      this.#keep(part)
      return
    }
    // Too long already: only its beginning is kept, to show what was refused.
    if (this.#heldLength > maxKept) {
      this.#held = this.#held.slice(0, maxKept)
      this.#heldLength = maxKept
    }
    this.#keep(part.subarray(0, maxKept - this.#heldLength))
  }

  #keep(part: Uint8Array): void {
    const needed = this.#heldLength + part.length
    if (needed > this.#held.length) {
      const grown = new Uint8Array(Math.max(needed, Math.min(this.#held.length * 2, this.#max + slack)))
      grown.set(this.#held.subarray(0, this.#heldLength))
      this.#held = grown
    }
    this.#held.set(part, this.#heldLength)
    this.#heldLength = needed
  }
}

export const malformed = (message: string, code: ErrorCode = 'json_malformed'): KeelsonError =>
  new KeelsonError(code, message)

const tooLarge = (max: number): KeelsonError =>
  new KeelsonError('event_too_large', `The record has more than ${max} bytes`)

function trimEnd(text: Uint8Array): Uint8Array {
  let length = text.length
  while (length > 0 && isSpace(text[length - 1])) length -= 1
  return length === text.length ? text : text.subarray(0, length)
}
