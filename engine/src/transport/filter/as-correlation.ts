import type { CorrelationMembers, SystemMember } from './correlation.ts'
import { systemMembers } from './correlation.ts'
import type { Filter } from './filter.ts'
import type { Expression, Predicate } from './syntax/expression.ts'
import { literal } from './syntax/expression.ts'
import type { PropertyReference } from './syntax/property-reference.ts'
import type { SystemProperty } from './syntax/system-property.ts'

interface Equality {
  readonly property: PropertyReference
  readonly value: string | boolean
}

const memberOf: ReadonlyMap<SystemProperty, SystemMember> = new Map(
  Object.entries(systemMembers)
    .filter(([member]) => member !== 'subject')
    .map(([member, property]) => [property, member as SystemMember]),
)

/**
 * The correlation filter that matches what a filter matches, for transports that have those and do them faster;
 * undefined where there is none. Numbers are left to SQL: brokers tell their types apart in correlation filters.
 */
export function asCorrelation(filter: Filter): CorrelationMembers | undefined {
  const { predicate } = filter
  const equalities = (predicate.kind === 'and' ? predicate.terms : [predicate]).map(equalityOf)
  const system = new Map<string, Equality>()
  const properties = new Map<string, Equality>()
  for (const equality of equalities) {
    if (equality === undefined) return undefined
    const { property } = equality
    const isUser = property.scope === 'user'
    const [found, key] = isUser ? [properties, property.key] : [system, property.name]
    const other = found.get(key)
    // The same again adds nothing; another spelling or value cannot be said in one member.
    if (other && (other.property.name !== property.name || other.value !== equality.value)) return undefined
    if (!isUser && (!memberOf.has(property.name) || typeof equality.value !== 'string')) return undefined
    found.set(key, equality)
  }
  return toMembers([...system.values()], [...properties.values()])
}

function toMembers(system: readonly Equality[], properties: readonly Equality[]): CorrelationMembers {
  const members = system.map(({ property, value }) => [memberOf.get(property.name as SystemProperty), value])
  const named = properties.map(({ property, value }) => [property.name, value])
  return {
    ...Object.fromEntries(members),
    ...(named.length === 0 ? {} : { properties: Object.fromEntries(named) }),
  }
}

/** The property and the constant of a term that is one equality, in either order. */
function equalityOf(term: Predicate): Equality | undefined {
  if (term.kind === 'truth') return pair(term.expression, literal(true))
  if (term.kind !== 'comparison' || term.operator !== '=') return undefined
  return pair(term.left, term.right) ?? pair(term.right, term.left)
}

function pair(left: Expression, right: Expression): Equality | undefined {
  if (left.kind !== 'property' || right.kind !== 'literal') return undefined
  const { value } = right
  return typeof value === 'string' || typeof value === 'boolean'
    ? { property: left.property, value }
    : undefined
}
