import type { JsonValue } from '../../../../core/index.ts'
import { evaluate } from '../../evaluate/evaluate.ts'
import type { Facts } from '../../given/given.ts'
import { given, requiredNames, unfold, withNodes } from '../../given/given.ts'
import { itemRange } from '../../given/item.ts'
import { memberGiven } from '../../given/member.ts'
import { stringRange } from '../../given/size.ts'
import { numbersAbout } from '../../sample/number.ts'
import { fitLength } from '../../sample/text.ts'
import type { SchemaNode, ValueKind } from '../../schema/node.ts'
import type { ProofSession } from '../proof.ts'
import { mayHold } from './listed.ts'

type Candidates = (session: ProofSession, facts: Facts, goal: SchemaNode) => (JsonValue | undefined)[]

const tries = 6
const maxFound = 6
const maxLength = 2000

/** Values of a kind that fit what is known and that the goal refuses, as far as both can tell. */
export function witnesses(
  session: ProofSession,
  facts: Facts,
  goal: SchemaNode,
  kind: ValueKind,
): readonly JsonValue[] {
  return session.attempt(evaluation => {
    const known = unfold(withNodes(facts, session.made.ofKind(kind)))
    const built = Array.from({ length: tries }, () => session.generator.value(known))
    const found = new Map<string, JsonValue>()
    for (const value of [...(byKind[kind]?.(session, known, goal) ?? []), ...built]) {
      if (value === undefined || evaluate(goal, value, evaluation) === true) continue
      if (mayHold(evaluation, facts, value) === false) continue
      found.set(JSON.stringify(value), value)
      if (found.size >= maxFound) break
    }
    return [...found.values()]
  })
}

const byKind: Readonly<Partial<Record<ValueKind, Candidates>>> = {
  number: (_, { nodes }, goal) => numbersAbout([...nodes, goal]),
  string: textsAbout,
  array: arraysAbout,
  object: objectsAbout,
}

/** Texts of the lengths at which the limits lie. */
function textsAbout(session: ProofSession, known: Facts, { limit }: SchemaNode): (JsonValue | undefined)[] {
  const { min, max } = stringRange(known.nodes)
  const isFree = known.nodes.every(node => node.pattern === undefined && node.format === undefined)
  const lengths = [min, max, (limit.minLength ?? 0) - 1, (limit.maxLength ?? Infinity) + 1]
  const text = session.generator.ofKind(known, 'string')
  if (typeof text !== 'string' || !isFree) return [text]
  return lengths
    .filter(length => length >= min && length <= Math.min(max, maxLength))
    .map(length => fitLength(text, length, length, true))
}

/** Arrays of the lengths at which the limits lie, and one of equal items. */
function arraysAbout(
  session: ProofSession,
  known: Facts,
  { limit, one }: SchemaNode,
): (JsonValue | undefined)[] {
  const { min, max } = itemRange(known.nodes)
  const lengths = new Set([min, max, (limit.minItems ?? 0) - 1, (limit.maxItems ?? Infinity) + 1, 0, 1, 2])
  for (const edge of [(limit.minContains ?? 1) - 1, (limit.maxContains ?? Infinity) + 1])
    if (one.contains !== undefined) lengths.add(edge)
  const built: (JsonValue | undefined)[] = [...lengths]
    .filter(length => length >= min && length <= max)
    .map(length => session.generator.array(known, { length }))
  const first = session.generator.array(known, { length: Math.max(min, 2) })?.[0]
  if (first !== undefined) built.push(Array.from({ length: Math.max(min, 2) }, () => first))
  return built
}

/** Objects that leave out what the goal calls for, and objects with as few and as many members as there can be. */
function objectsAbout(session: ProofSession, known: Facts, goal: SchemaNode): (JsonValue | undefined)[] {
  const required = requiredNames(known.nodes)
  const { object } = session.generator
  const needed = [...goal.required, ...[...goal.dependentRequired.values()].flat()]
  const omissions = needed.filter(name => !required.has(name)).slice(0, 8)
  return [
    object(known, { fullness: 0 }),
    ...namedObjects(session, known, goal),
    ...omissions.map(name => object(known, { without: new Set([name]), fullness: 1 })),
    object(known, { fullness: 1 }),
    ...['extra', 'Extra-2'].map(name => object(known, { fixed: { [name]: 1 } })),
    ...['extra', 'Extra-2'].map(name => object(known, { fixed: { [name]: 'x' }, fullness: 1 })),
  ]
}

/** Objects with a member whose name the goal refuses. */
function namedObjects(session: ProofSession, { nodes }: Facts, goal: SchemaNode): (JsonValue | undefined)[] {
  const { propertyNames } = goal.one
  if (propertyNames === undefined) return []
  const rules = nodes.flatMap(node => (node.one.propertyNames === undefined ? [] : [node.one.propertyNames]))
  const names = witnesses(session, unfold(given(...rules)), propertyNames, 'string')
  return names.map(name => {
    const value = session.generator.value(memberGiven(nodes, String(name), session.members))
    if (value === undefined) return undefined
    return session.generator.object(unfold(given(...nodes)), {
      fixed: { [String(name)]: value },
      fullness: 0,
    })
  })
}
