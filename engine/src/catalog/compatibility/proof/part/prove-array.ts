import type { Facts } from '../../given/given.ts'
import { given, withNodes } from '../../given/given.ts'
import { itemGiven, itemRange, prefixLength } from '../../given/item.ts'
import type { SchemaNode } from '../../schema/node.ts'
import type { ProofSession, ProvePart } from '../proof.ts'
import { orSamples, proveAll, proved, unproved, wrapWitnesses } from '../proof.ts'

export const proveItemCount: ProvePart = (_, { nodes }, { limit }) => {
  const { min, max } = itemRange(nodes)
  return min >= (limit.minItems ?? 0) && max <= (limit.maxItems ?? Infinity) ? proved : unproved
}

export const proveUnique: ProvePart = (_, { nodes }) =>
  nodes.some(node => node.isUnique) || itemRange(nodes).max <= 1 ? proved : unproved

/** `prefixItems` and `items`: place by place, and then the rest at once. */
export const proveElements: ProvePart = (session, facts, goal) => {
  const { max } = itemRange(facts.nodes)
  const places = Math.max(prefixLength(facts.nodes), goal.list.prefixItems?.length ?? 0)
  const indices = Array.from({ length: Math.min(places + 1, max) }, (_, index) => index)
  return proveAll(indices, index => {
    const wanted = goal.list.prefixItems?.[index] ?? goal.one.items
    if (wanted === undefined) return proved
    const known = itemGiven(facts.nodes, index)
    const proof = session.prove(known, wanted, true)
    return wrapWitnesses(orSamples(session, known, proof), item => {
      const length = Math.max(index + 1, itemRange(facts.nodes).min)
      return session.generator.array(facts, { fixed: new Map([[index, item]]), length })
    })
  })
}

export const proveContains: ProvePart = (session, facts, goal) => {
  const contains = goal.one.contains as SchemaNode
  const { minContains = 1, maxContains = Infinity } = goal.limit
  const hasEnough = minContains === 0 || containsEnough(session, facts, contains, minContains)
  return hasEnough && containsFewEnough(session, facts, contains, maxContains) ? proved : unproved
}

function containsEnough(session: ProofSession, facts: Facts, contains: SchemaNode, wanted: number): boolean {
  const { nodes } = facts
  const prefix = prefixLength(nodes)
  const holds = (...known: SchemaNode[]): boolean => session.prove(given(...known), contains, true).isProved
  const byContains = nodes.some(({ one, limit }) => {
    if (one.contains === undefined || (limit.minContains ?? 1) < wanted) return false
    return holds(one.contains, ...(prefix === 0 ? itemGiven(nodes, 0).nodes : []))
  })
  if (byContains) return true
  const { min } = itemRange(nodes)
  let sure = 0
  for (let index = 0; index < Math.min(min, prefix); index += 1)
    if (holds(...itemGiven(nodes, index).nodes)) sure += 1
  if (min > prefix && sure < wanted && holds(...itemGiven(nodes, prefix).nodes)) sure += min - prefix
  return sure >= wanted
}

function containsFewEnough(
  session: ProofSession,
  facts: Facts,
  contains: SchemaNode,
  wanted: number,
): boolean {
  const { nodes } = facts
  const prefix = prefixLength(nodes)
  const { max } = itemRange(nodes)
  if (max <= wanted) return true
  const refuses = (known: Facts | ReturnType<typeof itemGiven>): boolean =>
    session.prove(withNodes(known, contains), session.made.nothing, true).isProved
  if (prefix <= wanted && refuses(itemGiven(nodes, prefix))) return true
  return nodes.some(
    ({ one, limit }) =>
      one.contains !== undefined &&
      (limit.maxContains ?? Infinity) <= wanted &&
      session.prove(given(contains), one.contains, true).isProved,
  )
}
