import type { JsonValue } from '../../../core/index.ts'
import type { Facts, Given } from '../given/given.ts'
import { both, given, kindsOf, listedValues, requiredNames, unfold } from '../given/given.ts'
import { memberGiven } from '../given/member.ts'
import { inPlace } from '../schema/in-place.ts'
import type { SchemaNode, ValueKind } from '../schema/node.ts'
import type { Proof, ProofSession } from './proof.ts'
import { proveAll, unproved } from './proof.ts'

const maxCases = 256

/**
 * Splits what is known into cases that together cover it, and proves each: the branches of a union, the kinds of
 * value, the values of a tag.
 */
export function proveByCases(session: ProofSession, facts: Facts, goal: SchemaNode): Proof {
  const cases = casesOf(session, facts, goal)
  if (cases === undefined || cases.length > maxCases) return unproved
  return proveAll(cases, each => session.prove(both(facts, each), goal, false))
}

function casesOf(session: ProofSession, facts: Facts, goal: SchemaNode): readonly Given[] | undefined {
  const open = [...facts.choices].sort((a, b) => a.length - b.length)[0]
  if (open !== undefined) return open
  if (!isComposite(goal)) return undefined
  const kinds = kindsOf(facts)
  if (kinds.length > 1) return kinds.map(kind => given(session.made.ofKind(kind)))
  const [kind] = kinds
  if (kind === undefined) return undefined
  return valueCases(session, facts, kind) ?? (kind === 'object' ? tagCases(session, facts, goal) : undefined)
}

function isComposite({ list, one, map }: SchemaNode): boolean {
  return (
    list.anyOf !== undefined ||
    list.oneOf !== undefined ||
    one.not !== undefined ||
    one.if !== undefined ||
    map.dependentSchemas !== undefined
  )
}

/** One case for each value, where they are listed and there is more than one. */
function valueCases(session: ProofSession, { nodes }: Facts, kind: ValueKind): Given[] | undefined {
  const values = listedValues(nodes, kind)
  if (values === undefined || values.length < 2) return undefined
  return values.map(value => given(session.made.exactly(value)))
}

/** One case for each value of a required member that the goal tells its branches apart by. */
function tagCases(session: ProofSession, { nodes }: Facts, goal: SchemaNode): Given[] | undefined {
  const tags = tagsOf(goal)
  for (const name of requiredNames(nodes)) {
    if (!tags.has(name)) continue
    const values = tagValues(unfold(memberGiven(nodes, name, session.members)))
    if (values === undefined || values.length < 2) continue
    return values.map(value => given(session.made.having(name, value)))
  }
  return undefined
}

function tagValues(member: Facts): readonly JsonValue[] | undefined {
  const lists = kindsOf(member).map(kind => listedValues(member.nodes, kind))
  return lists.every(list => list !== undefined) ? lists.flat() : undefined
}

/** Members that a branch of the goal gives a value of a list. */
function tagsOf(goal: SchemaNode): Set<string> {
  const tags = new Set<string>()
  const seen = new Set<SchemaNode>()
  const visit = (node: SchemaNode): void => {
    if (seen.has(node)) return
    seen.add(node)
    for (const [name, member] of node.map.properties ?? [])
      if (member.values !== undefined || member.one.ref?.values !== undefined) tags.add(name)
    for (const inner of inPlace(node)) visit(inner)
  }
  visit(goal)
  return tags
}
