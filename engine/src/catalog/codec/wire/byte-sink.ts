import { misfit } from '../fault.ts'

const firstSize = 1024
const two32 = 4_294_967_296
/** Up to this many characters of ASCII the length takes one byte, zigzag or not, and a loop beats the call. */
const shortText = 40

/** A growing buffer that encoders write to; kept from call to call, since allocation is a good part of encoding. */
export class ByteSink {
  bytes: Buffer = Buffer.allocUnsafeSlow(firstSize)
  at = 0
  /** Levels of arrays and objects that are open. */
  depth = 0
  /** Items of arrays and entries of maps written so far. */
  items = 0

  reset(): void {
    this.at = 0
    this.depth = 0
    this.items = 0
    // One large payload must not hold its memory for ever.
    if (this.bytes.length > 65_536) this.bytes = Buffer.allocUnsafeSlow(firstSize)
  }

  /** What is thrown for a value that cannot be written. */
  refuse(message: string): Error {
    return misfit('', message)
  }

  /** A copy of what was written. Small ones share a slab, as Node's buffers do: to allocate each costs a third of encoding. */
  take(): Uint8Array {
    const taken = Buffer.allocUnsafe(this.at)
    this.bytes.copy(taken, 0, 0, this.at)
    return taken
  }

  reserve(length: number): void {
    if (this.at + length <= this.bytes.length) return
    const grown = Buffer.allocUnsafeSlow(Math.max(this.bytes.length * 2, this.at + length))
    this.bytes.copy(grown, 0, 0, this.at)
    this.bytes = grown
  }

  byte(value: number): void {
    this.reserve(1)
    this.bytes[this.at++] = value
  }

  /** A variable-length integer of at most 53 bits, unsigned, seven bits a byte, the lowest first. */
  varint(value: number): void {
    this.reserve(10)
    const bytes = this.bytes
    let rest = value
    while (rest >= two32) {
      bytes[this.at++] = (rest % 128) | 128
      rest = Math.floor(rest / 128)
    }
    let low = rest >>> 0
    while (low > 127) {
      bytes[this.at++] = (low & 127) | 128
      low >>>= 7
    }
    bytes[this.at++] = low
  }

  /** A safe integer as Avro writes it: zigzag, then variable length. */
  zigzag(value: number): void {
    if (value >= -1_073_741_824 && value < 1_073_741_824) {
      this.varint(((value << 1) ^ (value >> 31)) >>> 0)
      return
    }
    const magnitude = value < 0 ? -value - 1 : value
    const sign = value < 0 ? 1 : 0
    if (magnitude < 4_503_599_627_370_496) {
      this.varint(magnitude * 2 + sign)
      return
    }
    // Doubling would leave the safe range by one bit: the lowest seven bits are written apart.
    this.byte(((magnitude % 64) * 2 + sign) | 128)
    this.varint(Math.floor(magnitude / 64))
  }

  /** A negative safe integer as Protocol Buffers writes it: two's complement of 64 bits, always ten bytes. */
  negative(value: number): void {
    this.reserve(10)
    let rest = BigInt.asUintN(64, BigInt(value))
    for (; rest > 127n; rest >>= 7n) this.bytes[this.at++] = Number(rest & 127n) | 128
    this.bytes[this.at++] = Number(rest)
  }

  double(value: number): void {
    this.reserve(8)
    // −0 is written as 0: equal values have equal bytes.
    this.bytes.writeDoubleLE(value + 0, this.at)
    this.at += 8
  }

  float(value: number): void {
    this.reserve(4)
    this.bytes.writeFloatLE(value + 0, this.at)
    this.at += 4
  }

  /** The length of the text in bytes, zigzag where asked, and its UTF-8. */
  text(value: string, isZigzag: boolean): void {
    if (value.length <= shortText && this.#shortAscii(value, isZigzag)) return
    if (!value.isWellFormed()) throw this.refuse('holds half of a surrogate pair')
    const length = Buffer.byteLength(value)
    this.varint(isZigzag ? length * 2 : length)
    this.reserve(length)
    this.at += this.bytes.write(value, this.at, length, 'utf8')
  }

  #shortAscii(value: string, isZigzag: boolean): boolean {
    const { length } = value
    this.reserve(length + 1)
    const { bytes } = this
    const start = this.at + 1
    for (let index = 0; index < length; index += 1) {
      const unit = value.charCodeAt(index)
      if (unit > 127) return false
      bytes[start + index] = unit
    }
    bytes[start - 1] = isZigzag ? length * 2 : length
    this.at = start + length
    return true
  }

  /** Begins a part whose length is written before it; `closeBlock` takes what this returns. */
  openBlock(): number {
    this.byte(0)
    return this.at
  }

  closeBlock(start: number): void {
    const length = this.at - start
    if (length < 128) {
      this.bytes[start - 1] = length
      return
    }
    let extra = 0
    for (let rest = length; rest > 127; rest = Math.floor(rest / 128)) extra += 1
    this.reserve(extra)
    this.bytes.copyWithin(start + extra, start, this.at)
    this.at = start - 1
    this.varint(length)
    this.at += length
  }
}
