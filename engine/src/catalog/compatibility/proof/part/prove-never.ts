import type { Facts } from '../../given/given.ts'
import { requiredNames, withNodes } from '../../given/given.ts'
import { itemGiven, itemRange, prefixLength } from '../../given/item.ts'
import { memberGiven } from '../../given/member.ts'
import { highest, isEmptyInterval, lowest, numberInterval, stringRange } from '../../given/size.ts'
import type { ValueKind } from '../../schema/node.ts'
import type { Proof, ProofSession } from '../proof.ts'
import { proved, unproved } from '../proof.ts'
import { listValues } from './listed.ts'

/** Proves that no value fits what is known. */
export function proveNever(session: ProofSession, facts: Facts, kinds: readonly ValueKind[]): Proof {
  if (facts.denied.some(node => session.prove({ nodes: facts.nodes, denied: [] }, node, false).isProved))
    return proved
  return kinds.every(kind => isImpossible(session, facts, kind)) ? proved : unproved
}

function isImpossible(session: ProofSession, facts: Facts, kind: ValueKind): boolean {
  const { nodes } = facts
  if (listValues(session, facts, [kind])?.length === 0) return true
  if (kind === 'number') return isEmptyInterval(numberInterval(nodes))
  if (kind === 'string') {
    const { min, max } = stringRange(nodes)
    return min > max
  }
  return kind === 'array' ? noArray(session, facts) : kind === 'object' && noObject(session, facts)
}

function noArray(session: ProofSession, { nodes }: Facts): boolean {
  const { min, max } = itemRange(nodes)
  if (min > max) return true
  const { nothing } = session.made
  for (let index = 0; index < Math.min(min, prefixLength(nodes) + 1); index += 1)
    if (session.prove(itemGiven(nodes, index), nothing, true).isProved) return true
  // Where no place is special, an item that must be contained must also fit what holds for every item.
  if (prefixLength(nodes) > 0) return false
  return nodes.some(
    ({ one, limit }) =>
      one.contains !== undefined &&
      (limit.minContains ?? 1) > 0 &&
      session.prove(withNodes(itemGiven(nodes, 0), one.contains), nothing, true).isProved,
  )
}

function noObject(session: ProofSession, { nodes }: Facts): boolean {
  const required = requiredNames(nodes)
  const min = Math.max(required.size, highest(nodes, 'minProperties', 0))
  if (min > lowest(nodes, 'maxProperties', Infinity)) return true
  return [...required].some(
    name => session.prove(memberGiven(nodes, name, session.members), session.made.nothing, true).isProved,
  )
}
