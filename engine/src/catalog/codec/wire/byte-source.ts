import { isUtf8 } from 'node:buffer'
import { isJsonNumber } from '../check-json.ts'
import { maxDepth } from '../codec.ts'
import { damaged } from '../fault.ts'

/** Items that take no bytes, such as empty objects, may be this many more than the bytes. */
export const freeItems = 65_536

/** Bytes that are read and never trusted: every length is checked against what is there before anything is made. */
export class ByteSource {
  readonly bytes: Buffer
  at: number
  end: number
  #depth = 0
  #items: number

  constructor(bytes: Uint8Array) {
    this.bytes = Buffer.isBuffer(bytes)
      ? bytes
      : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    this.at = 0
    this.end = bytes.length
    this.#items = bytes.length + freeItems
  }

  enter(): void {
    this.#depth += 1
    if (this.#depth > maxDepth) throw damaged(`The encoding is nested deeper than ${maxDepth} levels`)
  }

  leave(): void {
    this.#depth -= 1
  }

  /** Asks for room for items: a forged count is refused before anything is made of it. */
  claim(items: number): void {
    this.#items -= items
    if (!(this.#items >= 0)) throw damaged('The encoding claims more items than it has bytes for')
  }

  byte(): number {
    if (this.at >= this.end) throw cutOff()
    return this.bytes[this.at++] as number
  }

  /** An unsigned variable-length integer of up to 64 bits; `isZigzag` undoes Avro's sign. Unsafe ones are refused. */
  varint(isZigzag: boolean): number {
    const start = this.at
    let short = 0
    // Seven bytes hold 49 bits, which a number holds exactly.
    for (let index = 0, unit = 1; index < 7; index += 1, unit *= 128) {
      const byte = this.byte()
      short += (byte & 127) * unit
      if (byte < 128) return !isZigzag ? short : short % 2 === 0 ? short / 2 : -(short + 1) / 2
    }
    this.at = start
    const value = this.#long()
    const number = Number(isZigzag ? unzigzag(value) : value)
    if (!Number.isSafeInteger(number)) throw damaged('The encoding has an integer outside ±(2^53−1)')
    return number
  }

  /** A signed integer as Protocol Buffers writes it: two's complement of 64 bits. */
  signed(): number {
    const first = this.byte()
    if (first < 128) return first
    this.at -= 1
    const number = Number(BigInt.asIntN(64, this.#long()))
    if (!Number.isSafeInteger(number)) throw damaged('The encoding has an integer outside ±(2^53−1)')
    return number
  }

  #long(): bigint {
    let low = 0
    let high = 0n
    for (let index = 0; index < 10; index += 1) {
      const byte = this.byte()
      if (index < 4) low += (byte & 127) * 128 ** index
      else high |= BigInt(byte & 127) << BigInt(7 * index)
      if (byte < 128) {
        if (index === 9 && byte > 1) break
        return high | BigInt(low)
      }
    }
    throw damaged('The encoding has an integer of more than 64 bits')
  }

  /** A length, which must lie within what is left. */
  length(isZigzag: boolean): number {
    const length = this.varint(isZigzag)
    if (length < 0 || length > this.end - this.at) throw cutOff()
    return length
  }

  double(): number {
    if (this.end - this.at < 8) throw cutOff()
    const value = this.bytes.readDoubleLE(this.at)
    this.at += 8
    return finite(value)
  }

  float(): number {
    if (this.end - this.at < 4) throw cutOff()
    const value = this.bytes.readFloatLE(this.at)
    this.at += 4
    return finite(value)
  }

  text(isZigzag: boolean): string {
    const length = this.length(isZigzag)
    const start = this.at
    this.at += length
    const text = this.bytes.toString('utf8', start, this.at)
    // Where the text has the character that stands for broken bytes, the bytes are looked at.
    if (text.includes('\ufffd') && !isUtf8(this.bytes.subarray(start, this.at)))
      throw damaged('The encoding has a string that is not UTF-8')
    return text
  }

  skip(length: number): void {
    if (length < 0 || length > this.end - this.at) throw cutOff()
    this.at += length
  }

  /** All bytes were read. */
  finish(): void {
    if (this.at !== this.end) throw damaged(`The encoding goes on after its end, at byte ${this.at}`)
  }
}

function unzigzag(value: bigint): bigint {
  return (value >> 1n) ^ -(value & 1n)
}

function finite(value: number): number {
  if (!isJsonNumber(value)) throw damaged('The encoding has a number outside ±(2^53−1)')
  return value + 0
}

function cutOff(): Error {
  return damaged('The encoding is cut off')
}
