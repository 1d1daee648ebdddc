import type { JsonValue } from '../../../core/index.ts'
import type { SchemaNode, ValueKind } from '../schema/node.ts'
import { kindOf, valueKinds } from '../schema/node.ts'

/** What is known of a value: schemas that accept it, and schemas that refuse it. */
export interface Given {
  readonly nodes: readonly SchemaNode[]
  readonly denied: readonly SchemaNode[]
}

/** What is known, unfolded: every schema that surely accepts the value, and the cases that remain open. */
export interface Facts extends Given {
  /** Of each choice at least one alternative holds. */
  readonly choices: readonly (readonly Given[])[]
}

export function given(...nodes: SchemaNode[]): Given {
  return { nodes, denied: [] }
}

export function withNodes(known: Given, ...nodes: SchemaNode[]): Given {
  return { nodes: [...known.nodes, ...nodes], denied: known.denied }
}

export function both(a: Given, b: Given): Given {
  return { nodes: [...a.nodes, ...b.nodes], denied: [...a.denied, ...b.denied] }
}

/** Follows references, `allOf` and the like until only open choices are left. */
export function unfold(known: Given): Facts {
  const nodes = new Set<SchemaNode>()
  const denied = new Set(known.denied)
  const work = [...known.nodes]
  for (;;) {
    for (let node = work.pop(); node !== undefined; node = work.pop()) {
      if (nodes.has(node)) continue
      nodes.add(node)
      work.push(...follows(node))
      if (node.one.not !== undefined) denied.add(node.one.not)
    }
    const dependent = [...dependentNodes([...nodes])].filter(node => !nodes.has(node))
    if (dependent.length === 0) break
    work.push(...dependent)
  }
  const choices = [...nodes].flatMap(node => choicesOf(node, nodes, denied))
  return { nodes: [...nodes], denied: [...denied], choices }
}

/** What must hold where a node holds. */
function follows({ one, list }: SchemaNode): SchemaNode[] {
  const found = [...(list.allOf ?? [])]
  if (one.ref !== undefined) found.push(one.ref)
  for (const branches of [list.anyOf, list.oneOf])
    if (branches?.length === 1) found.push(branches[0] as SchemaNode)
  return found
}

function dependentNodes(nodes: readonly SchemaNode[]): SchemaNode[] {
  if (!nodes.some(node => node.map.dependentSchemas !== undefined)) return []
  const kinds = kindsOf({ nodes, denied: [] })
  if (kinds.length !== 1 || kinds[0] !== 'object') return []
  const required = requiredNames(nodes)
  return nodes.flatMap(node =>
    [...(node.map.dependentSchemas ?? [])].flatMap(([name, schema]) => (required.has(name) ? [schema] : [])),
  )
}

function choicesOf(
  { one, list }: SchemaNode,
  nodes: ReadonlySet<SchemaNode>,
  denied: ReadonlySet<SchemaNode>,
): Given[][] {
  const found: Given[][] = []
  const { anyOf, oneOf } = list
  // A view that closes the branches of a `oneOf` has an `anyOf` of the same length beside it, which says more.
  const isPaired = anyOf !== undefined && anyOf.length === oneOf?.length
  for (const branches of isPaired ? [anyOf] : [anyOf, oneOf]) {
    if (branches === undefined || branches.some(branch => nodes.has(branch))) continue
    found.push(branches.map(branch => given(branch)))
  }
  if (one.if !== undefined && !isSettled(one, nodes, denied)) {
    found.push([
      given(one.if, ...(one.then === undefined ? [] : [one.then])),
      { nodes: one.else === undefined ? [] : [one.else], denied: [one.if] },
    ])
  }
  return found
}

function isSettled(
  one: SchemaNode['one'],
  nodes: ReadonlySet<SchemaNode>,
  denied: ReadonlySet<SchemaNode>,
): boolean {
  const condition = one.if as SchemaNode
  const holds = (node: SchemaNode | undefined) => node === undefined || nodes.has(node)
  return (nodes.has(condition) && holds(one.then)) || (denied.has(condition) && holds(one.else))
}

/** The kinds of value that are possible. */
export function kindsOf({ nodes }: Given): ValueKind[] {
  let kinds: ValueKind[] = [...valueKinds]
  for (const node of nodes) {
    if (node.isNever) return []
    const { types, values } = node
    if (types !== undefined)
      kinds = kinds.filter(kind => types.includes(kind) || (kind === 'number' && types.includes('integer')))
    if (values !== undefined) {
      const listed = new Set(values.map(kindOf))
      kinds = kinds.filter(kind => listed.has(kind))
    }
  }
  return kinds
}

/** Whether numbers can only be whole. */
export function isWhole(nodes: readonly SchemaNode[]): boolean {
  return nodes.some(({ types }) => types?.includes('integer') && !types.includes('number'))
}

/** The values of a kind, where they are few and known; some of them may be refused by other facts. */
export function listedValues(
  nodes: readonly SchemaNode[],
  kind: ValueKind,
): readonly JsonValue[] | undefined {
  if (kind === 'null') return [null]
  const lists = nodes.flatMap(node => (node.values === undefined ? [] : [node.values]))
  const shortest = lists.sort((a, b) => a.length - b.length)[0]
  if (shortest !== undefined) return shortest.filter(value => kindOf(value) === kind)
  return kind === 'boolean' ? [false, true] : undefined
}

/** The members that an object must have, those included that others call for. */
export function requiredNames(nodes: readonly SchemaNode[]): Set<string> {
  const names = new Set(nodes.flatMap(node => node.required))
  const rules = nodes.flatMap(node => [...node.dependentRequired])
  for (let size = -1; size !== names.size; ) {
    size = names.size
    for (const [name, needed] of rules) if (names.has(name)) for (const other of needed) names.add(other)
  }
  return names
}
