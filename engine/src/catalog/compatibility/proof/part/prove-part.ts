import type { JsonValue } from '../../../../core/index.ts'
import { evaluate } from '../../evaluate/evaluate.ts'
import type { Facts } from '../../given/given.ts'
import { kindsOf } from '../../given/given.ts'
import type { SchemaNode, ValueKind } from '../../schema/node.ts'
import type { PartName } from '../parts.ts'
import { hasPart, kindOfPart, partNames, partOf } from '../parts.ts'
import type { Proof, ProofSession, ProvePart } from '../proof.ts'
import { proved, refuted, unproved } from '../proof.ts'
import { listValues } from './listed.ts'
import { proveContains, proveElements, proveItemCount, proveUnique } from './prove-array.ts'
import { proveMembers } from './prove-member.ts'
import { proveNever } from './prove-never.ts'
import {
  proveDependentRequired,
  proveDependentSchemas,
  proveMemberCount,
  provePropertyNames,
  proveRequired,
} from './prove-object.ts'
import { proveFormat, proveLimit, provePattern, proveTypes } from './prove-scalar.ts'
import { proveAnyOf, proveIf, proveNot, proveOneOf } from './prove-union.ts'
import { witnesses } from './witness.ts'

const byPart: Readonly<Partial<Record<PartName, ProvePart>>> = {
  types: proveTypes,
  minimum: proveLimit,
  maximum: proveLimit,
  exclusiveMinimum: proveLimit,
  exclusiveMaximum: proveLimit,
  multipleOf: proveLimit,
  minLength: proveLimit,
  maxLength: proveLimit,
  pattern: provePattern,
  format: proveFormat,
  minItems: proveItemCount,
  maxItems: proveItemCount,
  isUnique: proveUnique,
  elements: proveElements,
  contains: proveContains,
  required: proveRequired,
  dependentRequired: proveDependentRequired,
  members: proveMembers,
  propertyNames: provePropertyNames,
  dependentSchemas: proveDependentSchemas,
  minProperties: proveMemberCount,
  maxProperties: proveMemberCount,
  anyOf: proveAnyOf,
  oneOf: proveOneOf,
  not: proveNot,
  if: proveIf,
}

/** Proves a goal of one part from the facts as they stand, without taking cases. */
export function provePart(session: ProofSession, facts: Facts, goal: SchemaNode): Proof {
  const part = partNames(goal)[0] as PartName
  const kinds = kindsOf(facts)
  if (kinds.length === 0) return proved
  if (part === 'never') return proveNever(session, facts, kinds)
  const kind = kindOfPart[part]
  const relevant = kind === undefined ? kinds : kinds.filter(each => each === kind)
  if (relevant.length === 0 || hasSamePart(session, facts, goal, part)) return proved
  const listed = listValues(session, facts, relevant)
  if (listed !== undefined) {
    const proof = proveListed(session, listed, goal)
    if (proof.isProved || proof.witnesses.length > 0) return proof
  }
  const proof = byPart[part]?.(session, facts, goal, kind ?? (relevant[0] as ValueKind)) ?? unproved
  if (proof.isProved || proof.witnesses.length > 0) return proof
  const found = part === 'other' ? [] : relevant.flatMap(each => witnesses(session, facts, goal, each))
  const isRefused = (value: JsonValue) =>
    session.attempt(evaluation => [evaluate(goal, value, evaluation)]).includes(false)
  if (!found.some(isRefused)) session.noteObstacle({ node: goal, reason: part })
  return refuted(found)
}

/** Proves a goal of one part by its form alone. */
export function proveSame(session: ProofSession, facts: Facts, goal: SchemaNode): Proof {
  return hasSamePart(session, facts, goal, partNames(goal)[0] as PartName) ? proved : unproved
}

/** A part that some given schema has in the same form. */
function hasSamePart(session: ProofSession, facts: Facts, goal: SchemaNode, part: PartName): boolean {
  if (part.startsWith('unevaluated')) return false
  return facts.nodes.some(node => hasPart(node, part) && session.same(partOf(session.made, node, part), goal))
}

function proveListed(session: ProofSession, values: readonly JsonValue[], goal: SchemaNode): Proof {
  const answers = values.map(value => evaluate(goal, value, session.evaluation))
  if (answers.every(answer => answer === true)) return proved
  return refuted(values.filter((_, index) => answers[index] === false))
}
