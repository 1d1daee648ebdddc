import { lineIndex } from './body-line.ts'
import type { Findings } from './failure.ts'
import type { BundleSource, Line } from './source.ts'
import { linesOf } from './source.ts'

const longestLine = 2 ** 20

/** Reads lines of bodies beside their leaves, and finds the one of an index without parsing the others. */
export class BodyReader {
  readonly #lines: AsyncGenerator<Line, undefined>
  readonly #file: string
  readonly #findings: Findings
  #current: { readonly text: string; readonly n: number } | undefined
  #isAtEnd = false

  constructor(source: BundleSource, file: string, findings: Findings) {
    this.#file = file
    this.#findings = findings
    this.#lines = linesOf(source, file, longestLine)
  }

  /** The line of an entry; undefined where it has none. Indexes are asked for in ascending order. */
  async at(n: number): Promise<string | undefined> {
    while (!this.#isAtEnd && (this.#current === undefined || this.#current.n < n)) {
      const before = this.#current
      await this.#next()
      if (before !== undefined && this.#current !== undefined && this.#current.n <= before.n)
        this.#findings.fail('order_broken', this.#current.n, `Its line in ${this.#file} is not at its place`)
    }
    return this.#current?.n === n ? this.#current.text : undefined
  }

  /** Reports lines behind the last entry. */
  async finish(end: number): Promise<void> {
    while (!this.#isAtEnd && (this.#current === undefined || this.#current.n < end)) await this.#next()
    if (this.#current !== undefined && this.#current.n >= end)
      this.#findings.fail('size_mismatch', this.#file, `It has a line of entry ${this.#current.n}`)
  }

  /** Closes the file, wherever it was left. */
  async close(): Promise<void> {
    await this.#lines.return(undefined)
  }

  async #next(): Promise<void> {
    const { value: line, done } = await this.#lines.next()
    this.#isAtEnd = done === true
    const n = line?.fault === undefined && line !== undefined ? lineIndex(line.text) : undefined
    if (line !== undefined && n === undefined) {
      const after = this.#current === undefined ? 'its beginning' : `entry ${this.#current.n}`
      this.#findings.fail(
        line.fault ?? 'line_malformed',
        this.#file,
        `The line after ${after} cannot be read`,
      )
    }
    if (line === undefined) this.#current = undefined
    else if (n !== undefined) this.#current = { text: line.text, n }
  }
}
