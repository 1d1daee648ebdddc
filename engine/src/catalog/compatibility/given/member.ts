import type { PatternTest } from '../pattern/pattern-test.ts'
import { inPlace } from '../schema/in-place.ts'
import type { SchemaNode } from '../schema/node.ts'
import type { Given } from './given.ts'

/** Every name that some node lists, requires or otherwise mentions. */
export function mentionedNames(nodes: readonly SchemaNode[]): Set<string> {
  const names = new Set<string>()
  for (const node of nodes) {
    for (const name of node.map.properties?.keys() ?? []) names.add(name)
    for (const name of node.required) names.add(name)
    for (const needed of node.dependentRequired.values()) for (const name of needed) names.add(name)
    if (node.one.unevaluatedProperties !== undefined) addNamesInPlace(node, names)
  }
  return names
}

/** Members that `unevaluatedProperties` may spare: whatever a schema in place lists, whether or not it is known to hold. */
function addNamesInPlace(node: SchemaNode, names: Set<string>): void {
  const seen = new Set<SchemaNode>()
  const work = [node]
  for (let part = work.pop(); part !== undefined; part = work.pop()) {
    if (seen.has(part)) continue
    seen.add(part)
    for (const name of part.map.properties?.keys() ?? []) names.add(name)
    work.push(...inPlace(part))
  }
}

/** What is known of the member of that name, if the object has it. */
export function memberGiven(
  nodes: readonly SchemaNode[],
  name: string,
  matches: PatternTest['matches'],
): Given {
  const found: SchemaNode[] = []
  for (const node of nodes) {
    const { properties, patternProperties } = node.map
    const listed = properties?.get(name)
    if (listed !== undefined) found.push(listed)
    let mayMatch = listed !== undefined
    for (const [pattern, schema] of patternProperties ?? []) {
      const matched = matches(pattern, name)
      if (matched === true) found.push(schema)
      if (matched !== false) mayMatch = true
    }
    if (!mayMatch && node.one.additionalProperties !== undefined) found.push(node.one.additionalProperties)
    const rest = node.one.unevaluatedProperties
    if (rest !== undefined && !mayEvaluate(node, name, matches)) found.push(rest)
  }
  return { nodes: found, denied: [] }
}

/** What is known of any member whose name no node lists: what holds surely, and for some nodes one of several. */
export interface UnlistedMember {
  readonly sure: Given
  readonly alternatives: readonly (readonly SchemaNode[])[]
}

/**
 * `pattern` says that the name matches it; `except` are patterns that it does not match. Undefined members of an
 * alternative stand for nothing known.
 */
export function unlistedMember(
  nodes: readonly SchemaNode[],
  pattern: string | undefined,
  except: ReadonlySet<string>,
): UnlistedMember {
  const sure: SchemaNode[] = []
  const alternatives: SchemaNode[][] = []
  for (const node of nodes) {
    const patterns = [...(node.map.patternProperties ?? [])]
    const same = patterns.filter(([source]) => source === pattern).map(([, schema]) => schema)
    const others = patterns.filter(([source]) => !except.has(source)).map(([, schema]) => schema)
    const rest = restOf(node)
    if (same.length > 0) sure.push(...same)
    else if (others.length === 0) sure.push(...rest)
    else if (rest.length > 0) alternatives.push([...others, ...rest.slice(0, 1)])
  }
  return { sure: { nodes: sure, denied: [] }, alternatives }
}

function restOf(node: SchemaNode): SchemaNode[] {
  const { additionalProperties, unevaluatedProperties } = node.one
  const rest = additionalProperties === undefined ? [] : [additionalProperties]
  if (unevaluatedProperties !== undefined && !mayEvaluate(node, undefined, () => undefined))
    rest.push(unevaluatedProperties)
  return rest
}

/** Whether the node or a schema in its place could count the member as evaluated; no name means one unlisted. */
export function mayEvaluate(
  node: SchemaNode,
  name: string | undefined,
  matches: PatternTest['matches'],
): boolean {
  const seen = new Set<SchemaNode>()
  const visit = (part: SchemaNode, isTop: boolean): boolean => {
    if (seen.has(part)) return false
    seen.add(part)
    const { one, list, map } = part
    if (
      one.additionalProperties !== undefined ||
      part.other.has('$dynamicRef') ||
      part.other.has('$recursiveRef')
    )
      return true
    if (!isTop && one.unevaluatedProperties !== undefined) return true
    if (name !== undefined && map.properties?.has(name)) return true
    for (const pattern of map.patternProperties?.keys() ?? [])
      if (name === undefined || matches(pattern, name) !== false) return true
    const inner = [one.ref, one.if, one.then, one.else, ...(list.allOf ?? [])]
    inner.push(...(list.anyOf ?? []), ...(list.oneOf ?? []), ...(map.dependentSchemas?.values() ?? []))
    return inner.some(child => child !== undefined && visit(child, false))
  }
  return visit(node, true)
}
