import type { Filter } from '../../filter/filter.ts'
import { toSqlText } from '../../filter/filter.ts'
import type { Node } from '../../filter/syntax/expression.ts'
import { childrenOf } from '../../filter/syntax/expression.ts'
import { filterLimits } from '../../filter/syntax/limits.ts'
import type { PropertyReference } from '../../filter/syntax/property-reference.ts'
import { property, textMembers } from '../message/properties.ts'

const wholeNames: ReadonlySet<string> = new Set([
  ...textMembers.map(name => name.toLowerCase()),
  property.type,
  property.tenant,
  property.trace,
  property.correlation,
  property.version,
])

/**
 * The filter as the broker can evaluate it; undefined where it might leave out what the filter lets through here. Asked for
 * may be what every message carries: texts of the envelope, and the paths that are sent along. Whether a path is there
 * at all cannot be asked of the broker, as values that are no texts, numbers or booleans are not sent.
 */
export function nativeFilter(filter: Filter, paths: readonly string[]): string | undefined {
  if (!isNative(filter.predicate, new Set(paths))) return undefined
  const text = toSqlText(filter, 'service-bus')
  return text.length <= filterLimits.text ? text : undefined
}

function isNative(node: Node, paths: ReadonlySet<string>): boolean {
  if (node.kind === 'lookup') return false
  if (node.kind === 'property') return isSent(node.property, paths)
  const asksForPresence = node.kind === 'null' || node.kind === 'exists'
  return childrenOf(node).every(child => isNative(child, asksForPresence ? none : paths))
}

const none: ReadonlySet<string> = new Set()

function isSent(reference: PropertyReference, paths: ReadonlySet<string>): boolean {
  if (reference.scope === 'sys') return reference.name === 'Label' || reference.name === 'CorrelationId'
  return wholeNames.has(reference.key) || paths.has(reference.path.join('.'))
}
