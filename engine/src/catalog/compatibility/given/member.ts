import type { PatternTest } from '../pattern/pattern-test.ts'
import type { SchemaNode } from '../schema/node.ts'
import type { FindEvaluable } from './evaluable.ts'
import type { Given } from './given.ts'

/** What it takes to tell what is known of members. */
export interface MemberTools {
  readonly matches: PatternTest['matches']
  readonly evaluable: FindEvaluable
  /** Called with the cost of what is done for many nodes at once. */
  step(cost?: number): void
}

/** How many nodes or names are looked through at the cost of one step. */
const perStep = 16

/** Every name that some node lists, requires or otherwise mentions. */
export function mentionedNames(
  nodes: readonly SchemaNode[],
  { evaluable, step }: MemberTools,
): ReadonlySet<string> {
  const names = new Set<string>()
  for (const node of nodes) {
    for (const name of node.map.properties?.keys() ?? []) names.add(name)
    for (const name of node.required) names.add(name)
    for (const needed of node.dependentRequired.values()) for (const name of needed) names.add(name)
    // What `unevaluatedProperties` may spare: whatever a schema in place lists, whether or not it is known to hold.
    if (node.one.unevaluatedProperties !== undefined)
      for (const name of evaluable(node).listed) names.add(name)
  }
  step((nodes.length + names.size) / perStep)
  return names
}

/** What is known of the member of that name, if the object has it. */
export function memberGiven(nodes: readonly SchemaNode[], name: string, tools: MemberTools): Given {
  const found: SchemaNode[] = []
  tools.step(nodes.length / perStep)
  for (const node of nodes) {
    const { properties, patternProperties } = node.map
    const listed = properties?.get(name)
    if (listed !== undefined) found.push(listed)
    let mayMatch = listed !== undefined
    for (const [pattern, schema] of patternProperties ?? []) {
      const matched = tools.matches(pattern, name)
      if (matched === true) found.push(schema)
      if (matched !== false) mayMatch = true
    }
    if (!mayMatch && node.one.additionalProperties !== undefined) found.push(node.one.additionalProperties)
    const rest = node.one.unevaluatedProperties
    if (rest !== undefined && !mayEvaluate(node, name, tools)) found.push(rest)
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
  tools: MemberTools,
): UnlistedMember {
  tools.step(nodes.length / perStep)
  const sure: SchemaNode[] = []
  const alternatives: SchemaNode[][] = []
  for (const node of nodes) {
    const patterns = [...(node.map.patternProperties ?? [])]
    const same = patterns.filter(([source]) => source === pattern).map(([, schema]) => schema)
    const others = patterns.filter(([source]) => !except.has(source)).map(([, schema]) => schema)
    const rest = restOf(node, tools)
    if (same.length > 0) sure.push(...same)
    else if (others.length === 0) sure.push(...rest)
    else if (rest.length > 0) alternatives.push([...others, ...rest.slice(0, 1)])
  }
  return { sure: { nodes: sure, denied: [] }, alternatives }
}

function restOf(node: SchemaNode, tools: MemberTools): SchemaNode[] {
  const { additionalProperties, unevaluatedProperties } = node.one
  const rest = additionalProperties === undefined ? [] : [additionalProperties]
  if (unevaluatedProperties !== undefined && !mayEvaluate(node, undefined, tools))
    rest.push(unevaluatedProperties)
  return rest
}

/** Whether the node or a schema in its place could count the member as evaluated; no name means one unlisted. */
function mayEvaluate(
  node: SchemaNode,
  name: string | undefined,
  { evaluable, matches }: MemberTools,
): boolean {
  const { isEverything, names, patterns } = evaluable(node)
  if (isEverything || (name !== undefined && names.has(name))) return true
  return patterns.some(pattern => name === undefined || matches(pattern, name) !== false)
}
