import { commitBody } from '../leaf.ts'
import { parseBodyLine } from './body-line.ts'
import { bodyOf } from './content-check.ts'
import type { Findings } from './failure.ts'
import { parseLeaf } from './leaf-line.ts'
import type { ProofFile } from './proof-files.ts'
import type { RecordBook } from './record-book.ts'
import type { BundleSource } from './source.ts'
import { linesOf } from './source.ts'

const file = 'records.ndjson'
const longestLine = 2 ** 20

export interface OuterRecords {
  readonly source: BundleSource
  readonly findings: Findings
  readonly book: RecordBook
  /** Proofs of entries outside of the range, checked, with their leaves. */
  readonly proofs: ReadonlyMap<number, ProofFile>
}

/** Takes the records of a range export that are outside of its range: those from `from` to before `to`. */
export async function takeOuterRecords(
  { source, findings, book, proofs }: OuterRecords,
  { from, to }: { readonly from: number; readonly to: number },
): Promise<number> {
  let [taken, before] = [0, -1]
  for await (const { text, fault } of linesOf(source, file, longestLine)) {
    const line = fault === undefined ? parseBodyLine(text) : undefined
    if (line === undefined) {
      findings.fail(fault ?? 'line_malformed', file, `The line after record ${before} cannot be read`)
      continue
    }
    const isNext = line.n > before
    before = line.n
    if (line.n < from || line.n >= to) continue
    if (!isNext) findings.fail('order_broken', line.n, `Its line in ${file} is not at its place`)
    const leaf = parseLeaf(proofs.get(line.n)?.leaf ?? '')
    const isProved = typeof leaf !== 'string' && leaf.n === line.n
    const isOwn = isProved && line.body !== undefined && line.blind !== undefined
    if (!isProved)
      findings.fail('proof_invalid', file, `No proof that holds has the leaf of record ${line.n}`)
    else if (!isOwn || commitBody(line.body, line.blind) !== leaf.body)
      findings.fail('body_altered', line.n, 'It does not fit the commitment in the leaf')
    else {
      book.add(leaf, bodyOf(line.body) ?? {})
      taken += 1
    }
  }
  return taken
}
