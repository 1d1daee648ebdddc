const firstBytes = 256 * 1024
/** An arena that was larger once is not kept so. */
const keptBytes = 8 * 1024 * 1024

/**
 * Memory that is used again and again: fresh buffers of this size for each call make the garbage collector take a
 * fifth of the time of appending. What was given is valid until `clear`.
 */
export class Arena {
  #buffer = Buffer.allocUnsafeSlow(firstBytes)
  #used = 0

  /** Room of at most so many bytes; the next begins where this is told to end. */
  room(bytes: number): Buffer {
    if (this.#used + bytes > this.#buffer.length) {
      // What was given of the old memory keeps that for as long as it is used.
      this.#buffer = Buffer.allocUnsafeSlow(Math.max(bytes, this.#buffer.length * 2))
      this.#used = 0
    }
    return this.#buffer.subarray(this.#used, this.#used + bytes)
  }

  /** Takes so many bytes of the room that was given last. */
  take(bytes: number): void {
    this.#used += bytes
  }

  clear(): void {
    this.#used = 0
    if (this.#buffer.length > keptBytes) this.#buffer = Buffer.allocUnsafeSlow(firstBytes)
  }
}
