import { createFilter, toSqlText } from '../../filter/filter.ts'
import type { Predicate } from '../../filter/syntax/expression.ts'
import { literal } from '../../filter/syntax/expression.ts'
import { filterLimits } from '../../filter/syntax/limits.ts'
import { userReference } from '../../filter/syntax/property-reference.ts'
import type { ReceiverSpec } from '../../port-types.ts'
import { property } from '../message/properties.ts'
import { nativeFilter } from './native-filter.ts'

/** The one rule of a subscription. */
export const ruleName = 'keelson'

/** Which events a subscription is about, as far as a rule can say it. */
export interface RuleScope extends Pick<ReceiverSpec, 'tenantId' | 'types' | 'filter'> {
  /** Undefined where there is but one. */
  readonly partition: number | undefined
}

/**
 * The condition of a subscription's rule. What the broker cannot evaluate, or does not fit into its bound, is left out: the
 * receiver asks everything once more, so a rule may let through too much and never too little.
 */
export function ruleText(
  { partition, tenantId, types, filter }: RuleScope,
  paths: readonly string[],
): string {
  const conditions = [
    partition === undefined ? undefined : printed(equality(property.partition, BigInt(partition))),
    tenantId === undefined ? undefined : printed(equality(property.tenant, tenantId)),
    types === undefined || types.length === 0 ? undefined : printed(oneOf(property.type, types)),
    filter && nativeFilter(filter, paths),
  ]
  let text = ''
  for (const condition of conditions) {
    if (condition === undefined) continue
    const more = text === '' ? `(${condition})` : `${text} AND (${condition})`
    if (more.length <= filterLimits.text) text = more
  }
  return text === '' ? '1=1' : text
}

const printed = (predicate: Predicate): string => toSqlText(createFilter(predicate), 'service-bus')

const equality = (name: string, value: string | bigint): Predicate => ({
  kind: 'comparison',
  operator: '=',
  left: { kind: 'property', property: userReference(name) },
  right: literal(value),
})

const oneOf = (name: string, values: readonly string[]): Predicate => ({
  kind: 'in',
  operand: { kind: 'property', property: userReference(name) },
  members: values.map(literal),
})
