import { isJsonObject } from '../../../core/index.ts'
import { checkBounds } from './bounded.ts'
import { checkInPlace } from './in-place.ts'
import { localText } from './local-text.ts'
import type { DraftNode, NodeIds, Schema, SchemaNode, SchemaObject } from './node.ts'
import { emptyNode } from './node.ts'
import { readChildren } from './read-children.ts'
import { readKeywords, refuse } from './read-keywords.ts'
import type { ResourceIndex } from './reference.ts'
import { createResourceIndex, findTarget, noteResource } from './reference.ts'

/** A schema document as a graph of nodes. */
export interface SchemaDocument {
  readonly schema: Schema
  readonly root: SchemaNode
  /** Every node by its pointer; those that a view shares with its document are the document's. */
  readonly nodes: ReadonlyMap<string, SchemaNode>
  /** Every regular expression in it. */
  readonly patterns: readonly string[]
  readonly hasReferences: boolean
}

const maxNodes = 10_000

/** What is known while a document is read. */
interface Reading {
  readonly schema: Schema
  readonly ids: NodeIds
  readonly nodes: Map<string, DraftNode>
  readonly index: ResourceIndex
  readonly origin: SchemaDocument | undefined
  readonly pending: { readonly node: DraftNode; readonly target: string; readonly base: string }[]
}

/**
 * Reads a JSON Schema of draft 2020-12, or of draft-07 where that means the same. Throws `schema_invalid` for
 * keywords of a wrong shape, references that do not resolve within the document (none is ever fetched), references
 * that lead back to themselves without a value between, and schemas beyond 10,000 subschemas or 100 levels.
 */
export function readSchema(schema: Schema, ids: NodeIds): SchemaDocument {
  return read(schema, ids, undefined)
}

/** Reads a view of a document: what the view left as it was is not read again. */
export function readView(view: Schema, ids: NodeIds, document: SchemaDocument): SchemaDocument {
  if (view === document.schema) return document
  // Where references lead depends on the whole document, so one with references shares nothing.
  return read(view, ids, document.hasReferences ? undefined : document)
}

function read(schema: Schema, ids: NodeIds, origin: SchemaDocument | undefined): SchemaDocument {
  checkBounds(schema)
  const index = createResourceIndex()
  const reading: Reading = { schema, ids, nodes: new Map(), index, pending: [], origin }
  const root = readNode(reading, schema, '', reading.index.rootBase)
  const hasReferences = reading.pending.length > 0
  for (let next = reading.pending.pop(); next !== undefined; next = reading.pending.pop()) {
    const target = findTarget(reading.index, reading.schema, next.target, next.base, next.node.pointer)
    next.node.one.ref =
      reading.nodes.get(target.pointer) ?? readNode(reading, target.schema, target.pointer, target.base)
  }
  checkInPlace(reading.nodes.values())
  const { nodes } = reading
  const patterns = [...new Set([...(origin?.patterns ?? []), ...patternsOf(nodes.values())])]
  return { schema, root, nodes, patterns, hasReferences }
}

function readNode(reading: Reading, schema: unknown, pointer: string, outerBase: string): SchemaNode {
  const before = reading.origin?.nodes.get(pointer)
  if (before?.source !== undefined && before.source === schema) return before
  const node = emptyNode(reading.ids(), pointer)
  reading.nodes.set(pointer, node)
  if (reading.nodes.size > maxNodes) refuse('', `holds more than ${maxNodes} subschemas`)
  if (typeof schema === 'boolean') {
    node.isNever = !schema
    node.local = schema ? '' : 'false'
    return node
  }
  if (!isJsonObject(schema)) refuse(pointer, 'is not a schema')
  node.source = schema
  const base = noteResource(reading.index, schema, pointer, outerBase)
  readKeywords(schema, node)
  noteReference(reading, schema, node, base)
  readChildren(schema, node, (child, at) => readNode(reading, child, at, base))
  node.local = localText(node)
  return node
}

function noteReference(reading: Reading, schema: SchemaObject, node: DraftNode, base: string): void {
  const target = schema['$ref']
  if (target === undefined) return
  if (typeof target !== 'string') refuse(`${node.pointer}/$ref`, 'is not a string')
  reading.pending.push({ node, target, base })
}

function patternsOf(nodes: Iterable<SchemaNode>): Set<string> {
  const patterns = new Set<string>()
  for (const node of nodes) {
    if (node.pattern !== undefined) patterns.add(node.pattern)
    for (const pattern of node.map.patternProperties?.keys() ?? []) patterns.add(pattern)
  }
  return patterns
}
