import type { KeelsonError } from '../error.ts'
import { maxOpen, OpenBrackets } from './json-split-brackets.ts'
import {
  BACKSLASH,
  CLOSE_ARRAY,
  CLOSE_OBJECT,
  COMMA,
  endsScalar,
  isClosing,
  isOpening,
  isScalar,
  isSpace,
  NEWLINE,
  OPEN_ARRAY,
  OPEN_OBJECT,
  QUOTE,
  startsScalar,
} from './json-split-bytes.ts'
import type { RecordCutter } from './json-split-record.ts'
import { malformed } from './json-split-record.ts'

/** Where a member name is awaited, being read (`#keyAt` ≥ 0), and known to be the wanted one. */
const NO_KEY = -1
const KEY_NEXT = -2
const KEY_FOUND = -3

/**
 * Finds the values of a document by brackets and quotes alone, in linear time. A bracket that closes the list closes
 * an unfinished record in it too, which is refused and does not reach into the next one.
 */
export class DocumentScanner {
  /** Stops before a byte that shows the first line to be no JSON, instead of refusing that part. */
  isCautious = true
  /** Why `scan` stopped before the end of the chunk. */
  stop: 'value' | 'list' | 'broken' | undefined
  readonly #cut: RecordCutter
  readonly #member: Uint8Array | undefined
  readonly #open = new OpenBrackets()
  /** Depth at which values are records: 0 at the top, 1 in an array, 2 in the array of a member. */
  #base = 0
  #inString = false
  #isEscaped = false
  #token: 'scalar' | 'garbage' | undefined
  #comma: 'first' | 'needed' | 'given' = 'first'
  #keyAt = NO_KEY
  #fault: KeelsonError | undefined

  constructor(cut: RecordCutter, arrayMember: string | undefined) {
    this.#cut = cut
    this.#member = arrayMember === undefined ? undefined : new TextEncoder().encode(arrayMember)
  }

  /** Reads on and returns where it stopped: at the end of the chunk, or for the reason that `stop` gives. */
  scan(chunk: Uint8Array, from: number): number {
    this.stop = undefined
    let at = from
    while (at < chunk.length && this.stop === undefined) {
      if (this.#inString) {
        at = this.#readString(chunk, at)
        if (!this.#inString && this.#isAtBase() && this.stop === undefined) this.#close(at)
      } else if (this.#token !== undefined) at = this.#readToken(chunk, at)
      else if (this.#isAtBase()) at = this.#readBetween(chunk, at)
      else at = this.#readInside(chunk, at)
    }
    return at
  }

  /** Goes on inside an object whose opening brace the caller has taken. */
  enterObject(): void {
    this.#push(OPEN_OBJECT)
  }

  /** The input is over: what is open is refused. */
  end(at: number): void {
    if (this.#token !== undefined) this.#closeToken(at)
    else if (this.#cut.isOpen) this.#close(at, malformed('The input ends within a value'))
    else if (this.#open.depth > 0) this.#refuse(at, at, malformed('The input ends within a list'))
  }

  readonly #isAtBase = (): boolean => this.#open.depth === this.#base

  #readBetween(chunk: Uint8Array, at: number): number {
    const byte = chunk[at]!
    if (isSpace(byte)) return at + 1
    const isInList = this.#base > 0
    if (isInList && byte === COMMA) this.#takeComma(at)
    else if (isInList && (byte === CLOSE_ARRAY || (byte === CLOSE_OBJECT && this.#base === 2)))
      this.#leaveList(byte, at)
    else if (!isInList && byte === OPEN_ARRAY) this.#enterList(byte, at)
    else return this.#startRecord(byte, at)
    return at + 1
  }

  #startRecord(byte: number, at: number): number {
    if (this.#comma === 'needed' && this.#base > 0) this.#fault = malformed('A comma is missing before it')
    this.#comma = 'needed'
    this.#cut.open(at)
    if (byte === QUOTE) this.#inString = true
    else if (isOpening(byte)) this.#push(byte)
    else if (startsScalar(byte)) this.#token = 'scalar'
    else if (this.isCautious) return this.#giveUp(at)
    else this.#token = 'garbage'
    return at + 1
  }

  #readInside(chunk: Uint8Array, from: number): number {
    let at = from
    while (at < chunk.length) {
      const byte = chunk[at]!
      if (byte === QUOTE) {
        this.#inString = true
        this.#keyAt = this.#keyAt === KEY_NEXT && this.#open.depth === 1 ? 0 : NO_KEY
        at = this.#readString(chunk, at + 1)
        if (this.#inString || this.stop !== undefined) return at
      } else if (isOpening(byte)) {
        at += 1
        if (byte === OPEN_ARRAY && this.#keyAt === KEY_FOUND && this.#open.depth === 1) {
          this.#cut.drop()
          this.#enterList(byte, at)
          return at
        }
        this.#keyAt = NO_KEY
        this.#push(byte)
      } else if (isClosing(byte)) {
        this.#pop(byte)
        if (this.#open.depth < this.#base) {
          // It closes the list around the record, which ends unfinished before it.
          this.#open.reopen(this.#base)
          this.#close(at)
          return at
        }
        at += 1
        if (this.#isAtBase()) {
          this.#close(at)
          return at
        }
      } else {
        at += 1
        if (byte === COMMA && this.#open.depth === 1 && this.#base === 0) this.#keyAt = KEY_NEXT
      }
    }
    return at
  }

  /** Reads to behind the closing quote. A line break ends a string too: JSON has none in strings. */
  #readString(chunk: Uint8Array, from: number): number {
    let at = from
    if (this.#isEscaped) {
      this.#isEscaped = false
      at += 1
    }
    let keyAt = this.#keyAt
    while (at < chunk.length) {
      const byte = chunk[at]
      if (byte === QUOTE) {
        this.#inString = false
        this.#keyAt = keyAt >= 0 && keyAt === this.#member?.length ? KEY_FOUND : NO_KEY
        return at + 1
      }
      if (byte === NEWLINE) return this.#breakString(at)
      if (keyAt >= 0) keyAt = byte === this.#member?.[keyAt] ? keyAt + 1 : NO_KEY
      at += byte === BACKSLASH ? 2 : 1
    }
    this.#keyAt = keyAt
    this.#isEscaped = at > chunk.length
    return chunk.length
  }

  #breakString(at: number): number {
    this.#inString = false
    this.#keyAt = NO_KEY
    if (this.isCautious && this.#cut.isOpen && this.#cut.isOnFirstLine(at)) return this.#giveUp(at)
    this.#fault ??= malformed('A string holds a line break')
    return at
  }

  /** Leaves the line to the caller, with the record open from its first byte. */
  #giveUp(at: number): number {
    this.stop = 'broken'
    this.#open.clear()
    this.#fault = undefined
    this.#token = undefined
    return at
  }

  #readToken(chunk: Uint8Array, from: number): number {
    let at = from
    const isEnd = this.#token === 'scalar' ? endsScalar : this.#endsGarbage
    while (at < chunk.length && !isEnd(chunk[at]!)) at += 1
    if (at === chunk.length) return at
    if (this.isCautious && !isScalar(this.#cut.textTo(at))) return this.#giveUp(at)
    this.#closeToken(at)
    return at
  }

  readonly #endsGarbage = (byte: number): boolean =>
    byte === NEWLINE || isOpening(byte) || (this.#base > 0 && (byte === COMMA || byte === CLOSE_ARRAY))

  #closeToken(end: number): void {
    const isValue = this.#token === 'scalar' && isScalar(this.#cut.textTo(end))
    this.#token = undefined
    this.#close(end, isValue ? undefined : malformed('These bytes are no JSON value'))
  }

  #close(end: number, error?: KeelsonError): void {
    const fault = this.#fault ?? error
    this.#fault = undefined
    if (this.#cut.isOpen) this.#cut.close(end, fault)
    else if (fault !== undefined) this.#refuse(end, end, fault)
    if (this.#base === 0) this.stop = 'value'
  }

  #refuse(start: number, end: number, error: KeelsonError): void {
    this.#cut.open(start)
    this.#cut.close(end, error)
  }

  #takeComma(at: number): void {
    if (this.#comma !== 'needed') this.#refuse(at, at + 1, malformed('A comma has no value before it'))
    this.#comma = 'given'
  }

  #enterList(byte: number, at: number): void {
    if (this.#fault !== undefined) this.#refuse(at, at, this.#fault)
    this.#fault = undefined
    this.#push(byte)
    this.#base = this.#open.depth
    this.#comma = 'first'
    this.#keyAt = NO_KEY
    this.stop = 'list'
  }

  #leaveList(byte: number, at: number): void {
    if (byte === CLOSE_OBJECT) this.#refuse(at, at + 1, malformed('The array is not closed'))
    else if (this.#comma === 'given') this.#refuse(at, at + 1, malformed('A comma has no value after it'))
    this.#base = 0
    this.#open.pop(byte)
    if (this.#open.depth === 0) this.stop = 'value'
  }

  #push(byte: number): void {
    if (!this.#open.push(byte)) {
      this.#fault ??= malformed(`The JSON is nested deeper than ${maxOpen} levels`, 'json_too_deep')
    } else if (byte === OPEN_OBJECT && this.#open.depth === 1) this.#keyAt = KEY_NEXT
  }

  #pop(byte: number): void {
    if (!this.#open.pop(byte)) this.#fault ??= malformed('A bracket closes what is not open')
  }
}
