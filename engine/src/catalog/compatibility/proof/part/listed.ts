import type { JsonValue } from '../../../../core/index.ts'
import type { Answer, Evaluation } from '../../evaluate/evaluate.ts'
import { all, evaluate, negate } from '../../evaluate/evaluate.ts'
import type { Facts } from '../../given/given.ts'
import { isWhole, listedValues } from '../../given/given.ts'
import { isEmptyInterval, numberInterval } from '../../given/size.ts'
import type { ValueKind } from '../../schema/node.ts'
import type { ProofSession } from '../proof.ts'

const maxListed = 10_000
const maxRange = 64

/** Every value of these kinds that may fit, where they are few; undefined where they are not. */
export function listValues(
  session: ProofSession,
  facts: Facts,
  kinds: readonly ValueKind[],
): readonly JsonValue[] | undefined {
  const found: JsonValue[] = []
  for (const kind of kinds) {
    const values = listedValues(facts.nodes, kind) ?? (kind === 'number' ? wholeRange(facts) : undefined)
    if (values === undefined || values.length > maxListed) return undefined
    found.push(...values)
  }
  return found.filter(value => mayHold(session.evaluation, facts, value) !== false)
}

/** Whether the value fits what is known, as far as the facts can tell. */
export function mayHold(evaluation: Evaluation, facts: Facts, value: JsonValue): Answer {
  return all([
    ...facts.nodes.map(node => evaluate(node, value, evaluation)),
    ...facts.denied.map(node => negate(evaluate(node, value, evaluation))),
  ])
}

function wholeRange({ nodes }: Facts): number[] | undefined {
  const interval = numberInterval(nodes)
  const { min, max } = interval
  if (isEmptyInterval(interval)) return []
  if (!isWhole(nodes) || !Number.isSafeInteger(min) || !(max - min < maxRange)) return undefined
  return Array.from({ length: max - min + 1 }, (_, index) => min + index)
}
