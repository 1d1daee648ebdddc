import type { JsonObject, JsonValue } from '../../../../core/index.ts'
import type { Facts, Given } from '../../given/given.ts'
import { given, withNodes } from '../../given/given.ts'
import type { UnlistedMember } from '../../given/member.ts'
import { memberGiven, mentionedNames, unlistedMember } from '../../given/member.ts'
import type { SchemaNode } from '../../schema/node.ts'
import { isAnything } from '../../schema/node.ts'
import type { Proof, ProofSession, ProvePart } from '../proof.ts'
import { orSamples, proveAll, proved, refuted, wrapWitnesses } from '../proof.ts'

/** `properties`, `patternProperties` and `additionalProperties`: name by name, then the names that nobody lists. */
export const proveMembers: ProvePart = (session, facts, goal) => {
  const listed = [...(goal.map.properties ?? [])]
  // Members with listed values tell branches apart, so they come first.
  const tags = listed.filter(([, schema]) => schema.values !== undefined)
  const names = [...tags, ...listed].map(([name]) => name)
  const byName = proveAll(new Set([...names, ...mentionedNames(facts.nodes, session.members)]), name =>
    proveMember(session, facts, goal, name),
  )
  const unlisted = proveUnlisted(session, facts, goal)
  if (byName.isProved && unlisted.isProved) return proved
  return refuted([byName, unlisted].flatMap(proof => (proof.isProved ? [] : proof.witnesses)))
}

function proveMember(session: ProofSession, facts: Facts, goal: SchemaNode, name: string): Proof {
  const known = memberGiven(facts.nodes, name, session.members)
  const proof = proveAll(wantedOf(session, goal, name), schema => session.prove(known, schema, true))
  if (proof.isProved) return proved
  // The member may be one that the object cannot have at all.
  if (session.prove(known, session.made.nothing, true).isProved) return proved
  return wrapWitnesses(orSamples(session, known, proof), createWrap(session, facts, name))
}

const maxObjects = 3

/** Puts values of a member into objects that fit. What else an object has rarely matters, so few are built. */
function createWrap(
  { generator }: ProofSession,
  facts: Facts,
  name: string,
): (value: JsonValue) => JsonValue | undefined {
  const built: JsonObject[] = []
  let used = 0
  return value => {
    if (built.length < maxObjects) {
      const object = generator.object(facts, { fixed: { [name]: value }, fullness: 0 })
      if (object !== undefined) built.push(object)
      return object
    }
    used += 1
    return { ...built[used % maxObjects], [name]: value }
  }
}

/** What the goal asks of a member, or could ask where a pattern cannot be run: to prove too much is safe. */
function wantedOf(session: ProofSession, goal: SchemaNode, name: string): SchemaNode[] {
  const wanted: SchemaNode[] = []
  const listed = goal.map.properties?.get(name)
  if (listed !== undefined) wanted.push(listed)
  let isMatched = listed !== undefined
  for (const [pattern, schema] of goal.map.patternProperties ?? []) {
    const matched = session.evaluation.matches(pattern, name)
    if (matched !== false) wanted.push(schema)
    if (matched === true) isMatched = true
  }
  const rest = goal.one.additionalProperties
  if (!isMatched && rest !== undefined) wanted.push(rest)
  return wanted
}

function proveUnlisted(session: ProofSession, facts: Facts, goal: SchemaNode): Proof {
  const patterns = goal.map.patternProperties ?? new Map<string, SchemaNode>()
  const byPattern = proveAll(patterns, ([pattern, wanted]) =>
    proveForUnlisted(
      session,
      facts,
      unlistedMember(facts.nodes, pattern, new Set(), session.members),
      wanted,
      pattern,
    ),
  )
  const rest = goal.one.additionalProperties
  if (rest === undefined || isAnything(rest)) return byPattern
  const other = unlistedMember(facts.nodes, undefined, new Set(patterns.keys()), session.members)
  const forRest = proveForUnlisted(session, facts, other, rest, undefined)
  if (byPattern.isProved && forRest.isProved) return proved
  return refuted([byPattern, forRest].flatMap(proof => (proof.isProved ? [] : proof.witnesses)))
}

/** It is enough that every alternative of one node leads to what is wanted. */
function proveForUnlisted(
  session: ProofSession,
  facts: Facts,
  { sure, alternatives }: UnlistedMember,
  wanted: SchemaNode,
  goalPattern: string | undefined,
): Proof {
  const prove = (known: Given): Proof => {
    const proof = session.prove(known, wanted, true)
    if (proof.isProved) return proved
    return session.prove(known, session.made.nothing, true).isProved ? proved : proof
  }
  const direct = prove(sure)
  if (direct.isProved) return proved
  const isProved = alternatives.some(options =>
    options.every(option => prove(withNodes(sure, option)).isProved),
  )
  if (isProved) return proved
  const names = unlistedNames(session, facts, goalPattern)
  return refuted(
    names.flatMap(name => {
      const wrapped = wrapWitnesses(orSamples(session, sure, direct), value =>
        session.generator.object(facts, { fixed: { [name]: value }, fullness: 0 }),
      )
      return wrapped.isProved ? [] : wrapped.witnesses.slice(0, 4)
    }),
  )
}

const maxNames = 6

/** Names that nobody lists: what the patterns of the schemas call for, and two of no meaning. */
function unlistedNames(session: ProofSession, { nodes }: Facts, pattern: string | undefined): string[] {
  const patterns = new Set(pattern === undefined ? [] : [pattern])
  for (const node of nodes) {
    for (const source of node.map.patternProperties?.keys() ?? []) patterns.add(source)
  }
  const listed = mentionedNames(nodes, session.members)
  const matching = [...patterns].flatMap(source => session.sampleMatch(source) ?? [])
  const rules = nodes.flatMap(node => (node.one.propertyNames === undefined ? [] : [node.one.propertyNames]))
  const known = given(session.made.ofKind('string'), ...rules)
  const allowed = rules.length === 0 ? [] : Array.from({ length: 6 }, () => session.generator.value(known))
  const named = [...new Set(allowed)].filter(name => typeof name === 'string')
  return [...matching, ...named, 'extra', 'Extra-2'].filter(name => !listed.has(name)).slice(0, maxNames)
}
