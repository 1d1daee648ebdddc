import { evaluate } from '../../evaluate/evaluate.ts'
import type { Facts } from '../../given/given.ts'
import { given, requiredNames, withNodes } from '../../given/given.ts'
import { memberGiven, mentionedNames, unlistedMember } from '../../given/member.ts'
import { highest, lowest } from '../../given/size.ts'
import type { SchemaNode } from '../../schema/node.ts'
import type { ProofSession, ProvePart } from '../proof.ts'
import { proveAll, proved, unproved } from '../proof.ts'

export const proveRequired: ProvePart = (_, { nodes }, { required }) => {
  const names = requiredNames(nodes)
  return required.every(name => names.has(name)) ? proved : unproved
}

/** Where the first member is there, the others must be. */
export const proveDependentRequired: ProvePart = (session, facts, { dependentRequired }) => {
  const { requiring } = session.made
  return proveAll(dependentRequired, ([name, needed]) =>
    isAbsent(session, facts, name)
      ? proved
      : session.prove(withNodes(facts, requiring([name])), requiring(needed), false),
  )
}

export const proveDependentSchemas: ProvePart = (session, facts, goal) => {
  const schemas = goal.map.dependentSchemas ?? new Map<string, SchemaNode>()
  return proveAll(schemas, ([name, schema]) =>
    isAbsent(session, facts, name)
      ? proved
      : session.prove(withNodes(facts, session.made.requiring([name])), schema, false),
  )
}

export const provePropertyNames: ProvePart = (session, facts, goal) => {
  const { nodes } = facts
  const wanted = goal.one.propertyNames as SchemaNode
  const rules = nodes.flatMap(node => (node.one.propertyNames === undefined ? [] : [node.one.propertyNames]))
  const text = session.made.ofKind('string')
  if (session.prove(given(text, ...rules), wanted, true).isProved) return proved
  for (const name of mentionedNames(nodes, session.members)) {
    const isFine = evaluate(wanted, name, session.evaluation) === true
    if (!isFine && !isAbsent(session, facts, name)) return unproved
  }
  return areUnlistedAbsent(session, facts) ? proved : unproved
}

export const proveMemberCount: ProvePart = (session, facts, { limit }) => {
  const { nodes } = facts
  const min = Math.max(highest(nodes, 'minProperties', 0), requiredNames(nodes).size)
  let max = lowest(nodes, 'maxProperties', Infinity)
  if (limit.maxProperties !== undefined && max > limit.maxProperties && areUnlistedAbsent(session, facts))
    max = [...mentionedNames(nodes, session.members)].filter(name => !isAbsent(session, facts, name)).length
  return min >= (limit.minProperties ?? 0) && max <= (limit.maxProperties ?? Infinity) ? proved : unproved
}

/** Whether no object that fits has the member. */
function isAbsent(session: ProofSession, { nodes }: Facts, name: string): boolean {
  const known = memberGiven(nodes, name, session.members)
  return session.prove(known, session.made.nothing, true).isProved
}

function areUnlistedAbsent(session: ProofSession, { nodes }: Facts): boolean {
  const { sure, alternatives } = unlistedMember(nodes, undefined, new Set(), session.members)
  const { nothing } = session.made
  if (session.prove(sure, nothing, true).isProved) return true
  return alternatives.some(options =>
    options.every(option => session.prove(withNodes(sure, option), nothing, true).isProved),
  )
}
