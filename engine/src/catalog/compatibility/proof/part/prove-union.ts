import type { JsonValue } from '../../../../core/index.ts'
import { evaluate } from '../../evaluate/evaluate.ts'
import type { Facts } from '../../given/given.ts'
import { both, given, requiredNames, withNodes } from '../../given/given.ts'
import type { SchemaNode } from '../../schema/node.ts'
import { referenceTarget } from '../../schema/node.ts'
import type { Proof, ProofSession, ProvePart } from '../proof.ts'
import { proveAll, proved, refuted } from '../proof.ts'

/** One branch must take everything; where none does, the cases are tried one by one. */
export const proveAnyOf: ProvePart = (session, facts, goal) => {
  const found: JsonValue[] = []
  const tags = tagsOf(facts)
  for (const branch of goal.list.anyOf ?? []) {
    if (hasOtherTag(branch, tags)) continue
    const proof = session.prove(facts, branch, false)
    if (proof.isProved) return proved
    found.push(...proof.witnesses)
  }
  return refuted(outside(session, found, goal))
}

/** One branch must take everything, and the others nothing of it. */
export const proveOneOf: ProvePart = (session, facts, goal) => {
  const branches = goal.list.oneOf ?? []
  const found: JsonValue[] = []
  for (const branch of branches) {
    const proof = session.prove(facts, branch, false)
    if (!proof.isProved) {
      found.push(...proof.witnesses)
      continue
    }
    const others = branches.filter(other => other !== branch)
    const isAlone = proveAll(others, other =>
      session.prove(withNodes(facts, other), session.made.nothing, false),
    )
    if (isAlone.isProved) return proved
    for (const other of others) found.push(...overlap(session, facts.nodes, other))
    break
  }
  return refuted(outside(session, found, goal))
}

export const proveNot: ProvePart = (session, facts, goal) => {
  const refusedNode = goal.one.not as SchemaNode
  if (facts.denied.some(node => session.same(node, refusedNode))) return proved
  const proof = session.prove(withNodes(facts, refusedNode), session.made.nothing, false)
  return proof.isProved ? proved : refuted(overlap(session, facts.nodes, refusedNode))
}

/** `if` splits what is known in two, and each half must lead to its own schema. */
export const proveIf: ProvePart = (session, facts, { one }) => {
  const condition = one.if as SchemaNode
  const halves: readonly (() => Proof)[] = [
    () => (one.then === undefined ? proved : session.prove(withNodes(facts, condition), one.then, false)),
    () =>
      one.else === undefined
        ? proved
        : session.prove(both(facts, { nodes: [], denied: [condition] }), one.else, false),
  ]
  return proveAll(halves, prove => prove())
}

/** The values of required members that are listed, as canonical texts. */
function tagsOf({ nodes }: Facts): Map<string, ReadonlySet<string>> {
  const tags = new Map<string, ReadonlySet<string>>()
  for (const name of requiredNames(nodes)) {
    const listed = nodes.flatMap(node => node.map.properties?.get(name)?.valueTexts ?? [])
    if (listed[0] !== undefined) tags.set(name, listed[0])
  }
  return tags
}

/** A branch that gives a tag no value in common takes nothing, so that it need not be tried. */
function hasOtherTag(branch: SchemaNode, tags: ReadonlyMap<string, ReadonlySet<string>>): boolean {
  const { properties } = referenceTarget(branch).map
  for (const [name, values] of tags) if (isDisjoint(properties?.get(name)?.valueTexts, values)) return true
  return false
}

const overlapTries = 6

/** Values that fit what is known and another schema as well. */
function overlap(session: ProofSession, nodes: readonly SchemaNode[], other: SchemaNode): JsonValue[] {
  const found: JsonValue[] = []
  for (let attempt = 0; attempt < overlapTries; attempt += 1) {
    const value = session.generator.value(given(...nodes, other))
    if (value !== undefined) found.push(value)
  }
  return found
}

/** What failed one branch may fit another. */
function outside(session: ProofSession, found: readonly JsonValue[], goal: SchemaNode): readonly JsonValue[] {
  return session.attempt(evaluation => found.filter(value => evaluate(goal, value, evaluation) !== true))
}

function isDisjoint(a: ReadonlySet<string> | undefined, b: ReadonlySet<string>): boolean {
  return a !== undefined && [...a].every(text => !b.has(text))
}
