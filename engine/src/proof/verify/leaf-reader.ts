import { zeroHash } from '../leaf.ts'
import type { NodeHash } from '../tree/node.ts'
import { hashText, leafNode } from '../tree/node.ts'
import type { Findings } from './failure.ts'
import type { LeafLine } from './leaf-line.ts'
import { parseLeaf } from './leaf-line.ts'
import type { BundleSource, Line } from './source.ts'
import { linesOf } from './source.ts'

const file = 'leaves.ndjson'
const longestLeaf = 65_535

/** A line of the leaves and the index at which it stands. */
export interface LeafEntry {
  readonly index: number
  readonly node: NodeHash
  /** Undefined where the line is no leaf. */
  readonly leaf: LeafLine | undefined
}

/**
 * Reads the leaves from index `from` on, and reports what is wrong with their order: with each line by itself, with the
 * numbers, with the chain and with the times.
 */
export class LeafReader {
  readonly #source: BundleSource
  readonly #findings: Findings
  #expected: number
  #before: LeafEntry | undefined
  #isInOrder = true

  constructor(source: BundleSource, from: number, findings: Findings) {
    this.#source = source
    this.#findings = findings
    this.#expected = from
  }

  /** The index behind the last leaf so far. */
  get end(): number {
    return this.#expected
  }

  /** False once a leaf was missing, at another place, or none. */
  get isInOrder(): boolean {
    return this.#isInOrder
  }

  async *entries(): AsyncGenerator<LeafEntry, undefined> {
    let current: Parsed | undefined
    for await (const line of linesOf(this.#source, file, longestLeaf)) {
      const next: Parsed = { line, leaf: line.fault ?? parseLeaf(line.text) }
      if (current !== undefined) yield this.#place(current, next)
      current = next
    }
    if (current !== undefined) yield this.#place(current, undefined)
  }

  #place({ line, leaf }: Parsed, next: Parsed | undefined): LeafEntry {
    const node = leafNode(line.text)
    if (typeof leaf === 'string') {
      this.#fail(leaf, `The line is not one of a leaf`)
      return this.#take({ index: this.#expected, node, leaf: undefined })
    }
    if (leaf.n !== this.#expected) {
      const isGap = leaf.n > this.#expected && (next === undefined || indexOf(next) === leaf.n + 1)
      if (isGap) {
        this.#fail(
          'entry_missing',
          `${leaf.n - this.#expected} entries are not there, the next one is ${leaf.n}`,
        )
        this.#expected = leaf.n
      } else this.#fail('order_broken', `The leaf that stands there is ${leaf.n}`)
    } else this.#checkBefore(leaf)
    return this.#take({ index: this.#expected, node, leaf })
  }

  #checkBefore(leaf: LeafLine): void {
    const before = this.#before
    const { n, prev, t } = leaf
    // What stands before the first leaf of a range is not known.
    const expected = n === 0 ? zeroHash : before && hashText(before.node, 'base64url')
    const isNext = before === undefined || before.index === n - 1
    if (expected !== undefined && isNext && prev !== expected)
      this.#findings.fail('chain_broken', n, 'It was written after another leaf than the one before it')
    if (before?.leaf !== undefined && t < before.leaf.t)
      this.#findings.fail('order_broken', n, 'It was recorded before the leaf that is before it')
  }

  #fail(code: Parameters<Findings['fail']>[0], message: string): void {
    this.#isInOrder = false
    this.#findings.fail(code, this.#expected, message)
  }

  #take(entry: LeafEntry): LeafEntry {
    this.#before = entry
    this.#expected = entry.index + 1
    return entry
  }
}

interface Parsed {
  readonly line: Line
  readonly leaf: LeafLine | NonNullable<Line['fault']> | 'leaf_malformed' | 'version_unknown'
}

const indexOf = ({ leaf }: Parsed): number | undefined => (typeof leaf === 'string' ? undefined : leaf.n)
