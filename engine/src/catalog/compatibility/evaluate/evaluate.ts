import { Format } from 'typebox/format'
import type { JsonObject, JsonValue } from '../../../core/index.ts'
import { canonicalJson } from '../../../core/index.ts'
import type { PatternTest } from '../pattern/pattern-test.ts'
import type { SchemaNode } from '../schema/node.ts'
import { kindOf } from '../schema/node.ts'
import { isMultiple, textLength } from './quantity.ts'

/** True, false, or undefined where a keyword cannot be decided here. */
export type Answer = boolean | undefined

/** What an evaluation may use, and what is left of its budget. */
export interface Evaluation {
  readonly matches: PatternTest['matches']
  /** Called for every schema that a value is held against, and for other work; throws when the budget is spent. */
  step(cost?: number): void
}

/**
 * Whether a node accepts a value, as the validator of events does: formats are asserted, lengths are counted in
 * code points, multiples have the validator's tolerance.
 */
export function evaluate(node: SchemaNode, value: JsonValue, evaluation: Evaluation): Answer {
  evaluation.step()
  const kind = kindOf(value)
  if (node.isNever || !ofType(node, value)) return false
  if (node.valueTexts !== undefined && !node.valueTexts.has(canonicalJson(value))) return false
  const isUnknown = node.other.size > 0 || hasUnevaluated(node, kind)
  const own = ownAnswer(node, value, evaluation)
  if (own === false) return false
  return all([isUnknown ? undefined : true, own, composed(node, value, evaluation)])
}

export function all(answers: Iterable<Answer>): Answer {
  let result: Answer = true
  for (const answer of answers) {
    if (answer === false) return false
    if (answer === undefined) result = undefined
  }
  return result
}

export function negate(answer: Answer): Answer {
  return answer === undefined ? undefined : !answer
}

function ofType({ types }: SchemaNode, value: JsonValue): boolean {
  if (types === undefined) return true
  return types.includes(kindOf(value)) || (types.includes('integer') && Number.isInteger(value))
}

function hasUnevaluated(node: SchemaNode, kind: string): boolean {
  return (
    (kind === 'object' && node.one.unevaluatedProperties !== undefined) ||
    (kind === 'array' && node.one.unevaluatedItems !== undefined)
  )
}

function ownAnswer(node: SchemaNode, value: JsonValue, evaluation: Evaluation): Answer {
  if (typeof value === 'string') return stringAnswer(node, value, evaluation)
  if (typeof value === 'number') return numberAnswer(node, value)
  if (Array.isArray(value)) return arrayAnswer(node, value, evaluation)
  if (value !== null && typeof value === 'object') return objectAnswer(node, value, evaluation)
  return true
}

function numberAnswer({ limit }: SchemaNode, value: number): boolean {
  return (
    value >= (limit.minimum ?? -Infinity) &&
    value <= (limit.maximum ?? Infinity) &&
    value > (limit.exclusiveMinimum ?? -Infinity) &&
    value < (limit.exclusiveMaximum ?? Infinity) &&
    (limit.multipleOf === undefined || isMultiple(value, limit.multipleOf))
  )
}

function stringAnswer(
  { limit, pattern, format }: SchemaNode,
  value: string,
  { matches }: Evaluation,
): Answer {
  const length = textLength(value)
  if (length < (limit.minLength ?? 0) || length > (limit.maxLength ?? Infinity)) return false
  if (format !== undefined && Format.Has(format) && !Format.Test(format, value)) return false
  return pattern === undefined ? true : matches(pattern, value)
}

function arrayAnswer(node: SchemaNode, items: readonly JsonValue[], evaluation: Evaluation): Answer {
  const { limit, one, list } = node
  if (items.length < (limit.minItems ?? 0) || items.length > (limit.maxItems ?? Infinity)) return false
  if (node.isUnique && new Set(items.map(canonicalJson)).size < items.length) return false
  const prefix = list.prefixItems ?? []
  const each = items.map((item, index) => {
    const schema = prefix[index] ?? one.items
    return schema === undefined ? true : evaluate(schema, item, evaluation)
  })
  return all([...each, containsAnswer(node, items, evaluation)])
}

function containsAnswer(
  { limit, one }: SchemaNode,
  items: readonly JsonValue[],
  evaluation: Evaluation,
): Answer {
  const { contains } = one
  if (contains === undefined) return true
  const answers = items.map(item => evaluate(contains, item, evaluation))
  const least = answers.filter(answer => answer === true).length
  const most = answers.filter(answer => answer !== false).length
  const [min, max] = [limit.minContains ?? 1, limit.maxContains ?? Infinity]
  if (most < min || least > max) return false
  return least >= min && most <= max ? true : undefined
}

function objectAnswer(node: SchemaNode, value: JsonObject, evaluation: Evaluation): Answer {
  const { limit, one, map } = node
  const names = Object.keys(value)
  if (names.length < (limit.minProperties ?? 0) || names.length > (limit.maxProperties ?? Infinity))
    return false
  if (node.required.some(name => !Object.hasOwn(value, name))) return false
  for (const [name, needed] of node.dependentRequired)
    if (Object.hasOwn(value, name) && needed.some(other => !Object.hasOwn(value, other))) return false
  const answers: Answer[] = []
  for (const name of names) {
    if (one.propertyNames !== undefined) answers.push(evaluate(one.propertyNames, name, evaluation))
    answers.push(memberAnswer(node, name, value[name] as JsonValue, evaluation))
  }
  for (const [name, schema] of map.dependentSchemas ?? [])
    if (Object.hasOwn(value, name)) answers.push(evaluate(schema, value, evaluation))
  return all(answers)
}

function memberAnswer(node: SchemaNode, name: string, value: JsonValue, evaluation: Evaluation): Answer {
  const answers: Answer[] = []
  const listed = node.map.properties?.get(name)
  if (listed !== undefined) answers.push(evaluate(listed, value, evaluation))
  let isMatched: Answer = listed !== undefined
  for (const [pattern, schema] of node.map.patternProperties ?? []) {
    const matched = evaluation.matches(pattern, name)
    if (matched === undefined) answers.push(undefined)
    if (matched === true) answers.push(evaluate(schema, value, evaluation))
    if (isMatched !== true && matched !== false) isMatched = matched
  }
  const rest = node.one.additionalProperties
  if (rest !== undefined && isMatched !== true)
    answers.push(isMatched === undefined ? undefined : evaluate(rest, value, evaluation))
  return all(answers)
}

function composed({ one, list }: SchemaNode, value: JsonValue, evaluation: Evaluation): Answer {
  const judge = (schema: SchemaNode): Answer => evaluate(schema, value, evaluation)
  const answers: Answer[] = []
  if (one.ref !== undefined) answers.push(judge(one.ref))
  for (const schema of list.allOf ?? []) answers.push(judge(schema))
  if (list.anyOf !== undefined) answers.push(negate(all(list.anyOf.map(schema => negate(judge(schema))))))
  if (list.oneOf !== undefined) answers.push(exactlyOne(list.oneOf.map(judge)))
  if (one.not !== undefined) answers.push(negate(judge(one.not)))
  if (one.if !== undefined) answers.push(conditional(judge(one.if), one.then, one.else, judge))
  return all(answers)
}

function exactlyOne(answers: readonly Answer[]): Answer {
  const sure = answers.filter(answer => answer === true).length
  if (sure > 1) return false
  if (answers.includes(undefined)) return undefined
  return sure === 1
}

function conditional(
  condition: Answer,
  thenNode: SchemaNode | undefined,
  elseNode: SchemaNode | undefined,
  judge: (schema: SchemaNode) => Answer,
): Answer {
  const onTrue = thenNode === undefined ? true : judge(thenNode)
  const onFalse = elseNode === undefined ? true : judge(elseNode)
  if (condition !== undefined) return condition ? onTrue : onFalse
  return onTrue === onFalse ? onTrue : undefined
}
