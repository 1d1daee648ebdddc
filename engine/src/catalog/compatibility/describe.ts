import type { FieldFault } from '../../core/index.ts'
import type { Budget } from './budget.ts'
import { withinBudget } from './budget.ts'
import type { Comparison, Pair } from './comparison.ts'
import { diffSchemas } from './difference/diff.ts'
import type { Difference } from './difference/difference.ts'
import { createJudge } from './difference/judge.ts'
import { placeName } from './difference/words.ts'
import type { Prover } from './proof/prove.ts'
import type { SchemaNode } from './schema/node.ts'
import type { SchemaDocument } from './schema/read-schema.ts'

export interface Outcome {
  readonly pair: Pair
  readonly session: Prover
  readonly budget: Budget
  /** How much work it may be to tell which differences break. */
  readonly maxSteps: number
  readonly isWriterOlder: boolean
  readonly verdict: Comparison['verdict']
  readonly isSpent?: boolean
  readonly faults?: readonly FieldFault[]
}

const maxObstacles = 10

/** Says in words what a comparison found; at least one difference is breaking where it is not compatible. */
export function describeDifferences(outcome: Outcome): Difference[] {
  const { pair, session, budget, isWriterOlder, verdict } = outcome
  const obstacles = [...session.obstacles]
  budget.grant(outcome.maxSteps)
  session.endSearch()
  const judge = createJudge({
    session,
    isWriterOlder,
    writerView: node => viewOf(pair.writer, pair.writerView, node),
    readerView: node => viewOf(pair.reader, pair.readerView, node),
    attempt: prove => withinBudget(prove) ?? false,
  })
  const [older, newer] = isWriterOlder ? [pair.writer, pair.reader] : [pair.reader, pair.writer]
  const differences = diffSchemas(older.root, newer.root, judge, verdict === 'compatible')
  if (verdict === 'compatible') return differences
  if (verdict === 'unproven') differences.push(...undecided(outcome, obstacles))
  const isExplained = differences.some(difference => difference.isBreaking)
  return isExplained ? differences : [...differences, ...(outcome.faults ?? []).map(faultAsDifference)]
}

function viewOf(plain: SchemaDocument, view: SchemaDocument, node: SchemaNode): SchemaNode {
  return plain.nodes.get(node.pointer) === node ? (view.nodes.get(node.pointer) ?? node) : node
}

/** Where the proof came to an end without an answer. */
function undecided({ isSpent, isWriterOlder }: Outcome, obstacles: Prover['obstacles']): Difference[] {
  const reader = isWriterOlder ? 'the new reader' : 'the old reader'
  const make = (pointer: string, keyword: string, what: string): Difference => ({
    pointer,
    instancePath: '',
    keyword,
    change: 'changed',
    isBreaking: true,
    message: `${what}; whether ${reader} accepts all values is not proved`,
  })
  if (isSpent) return [make('', '', 'The schemas are too intricate to compare within the steps allowed')]
  const found = new Map<string, Difference>()
  for (const { node, reason } of obstacles) {
    const place = node.pointer === '' ? 'The schema' : node.pointer
    const keyword = node.other.size > 0 ? [...node.other.keys()].join(', ') : reason
    const key = `${node.pointer} ${keyword}`
    if (found.size < maxObstacles)
      found.set(key, make(node.pointer, keyword, `${place}: ${keyword} could not be decided`))
  }
  return found.size > 0 ? [...found.values()] : [make('', '', 'The schemas could not be decided as a whole')]
}

function faultAsDifference({ pointer, message }: FieldFault): Difference {
  return {
    pointer: '',
    instancePath: pointer,
    keyword: '',
    change: 'changed',
    isBreaking: true,
    message: `${placeName(pointer)}: ${message}`,
  }
}
