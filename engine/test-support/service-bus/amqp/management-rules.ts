import rhea from 'rhea'
import type { CorrelationMembers, CorrelationValue } from '../../../src/transport/index.ts'
import type { Rule, RuleFilter } from '../topic/rule.ts'
import type { TopicSubscription } from '../topic/subscription.ts'
import { propertiesOf, textOf } from './outcome-state.ts'
import type { Answer } from './request.ts'

const { types } = rhea

/** How rules are described on the wire, by number. */
const codes = {
  rule: 1335734829060,
  sql: 83483426822,
  correlation: 83483426825,
  emptyAction: 1335734829061,
  action: 1335734829062,
} as const

/** In the order of the wire. */
const members = [
  ['correlationId', 'correlation-id'],
  ['messageId', 'message-id'],
  ['to', 'to'],
  ['replyTo', 'reply-to'],
  ['label', 'label'],
  ['sessionId', 'session-id'],
  ['replyToSessionId', 'reply-to-session-id'],
  ['contentType', 'content-type'],
] as const

export function manageRule(
  subscription: TopicSubscription,
  operation: 'add-rule' | 'remove-rule' | 'enumerate-rules',
  body: Readonly<Record<string, unknown>>,
): Answer {
  const name = textOf(body['rule-name']) ?? ''
  if (operation === 'add-rule') subscription.addRule(name, filterOf(propertiesOf(body['rule-description'])))
  else if (operation === 'remove-rule') subscription.removeRule(name)
  else {
    const skip = Number(body['skip'] ?? 0)
    const rules = subscription.rules.slice(skip, skip + Number(body['top'] ?? 100))
    if (rules.length === 0) return { status: 204 }
    return { body: { rules: rules.map(rule => ({ 'rule-description': describe(rule) })) } }
  }
  return {}
}

function filterOf(description: Readonly<Record<string, unknown>>): RuleFilter {
  if (description['sql-filter'] !== undefined)
    return { kind: 'sql', expression: textOf(propertiesOf(description['sql-filter'])['expression']) ?? '' }
  const given = propertiesOf(description['correlation-filter'])
  const system = members.flatMap(([member, wire]) => {
    const text = textOf(given[wire])
    return text === undefined ? [] : [[member, text]]
  })
  const properties = propertiesOf(given['properties']) as Readonly<Record<string, CorrelationValue>>
  const named = Object.keys(properties).length === 0 ? {} : { properties }
  return { kind: 'correlation', members: { ...Object.fromEntries(system), ...named } as CorrelationMembers }
}

const described = (code: number, list: readonly unknown[]): unknown =>
  types.described(types.wrap_ulong(code), types.wrap_list([...list]))

function describe({ name, filter }: Rule): unknown {
  const action = described(codes.emptyAction, [])
  return described(codes.rule, [describeFilter(filter), action, types.wrap_string(name)])
}

function describeFilter(filter: RuleFilter): unknown {
  if (filter.kind === 'sql') return described(codes.sql, [types.wrap_string(filter.expression)])
  const system = members.map(([member]) => {
    const text = filter.members[member]
    return text === undefined ? null : types.wrap_string(text)
  })
  return described(codes.correlation, [...system, types.wrap_map({ ...filter.members.properties })])
}
