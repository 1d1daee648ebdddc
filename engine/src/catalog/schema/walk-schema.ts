import type { JsonObject, JsonValue } from '../../core/index.ts'
import { isJsonObject } from '../../core/index.ts'
import { checkKeyword } from './check-keyword.ts'
import { PatternJudge } from './check-pattern.ts'
import type { FaultList } from './fault-list.ts'
import { pointerPart } from './fault-list.ts'
import type { KeywordKind } from './keyword.ts'
import { keywordKinds } from './keyword.ts'
import { schemaLimits } from './limits.ts'
import type { FoundReference, SchemaNode } from './schema-node.ts'

/** Where a schema judges another value than the one that holds it. */
const consumingKeys: Readonly<Record<string, string>> = {
  items: 'i:*',
  prefixItems: 'i:*',
  additionalItems: 'i:*',
  unevaluatedItems: 'i:*',
  contains: 'i:*',
  additionalProperties: 'p:*',
  unevaluatedProperties: 'p:*',
  patternProperties: 'p:*',
  propertyNames: 'n',
}
/** What the schemas of a keyword judge: those of a tuple one item each, those of named members one member. */
function keyOf(keyword: string, name: string | undefined): string | undefined {
  if (keyword === 'properties') return `p:${name}`
  const isTuple = name !== undefined && (keyword === 'prefixItems' || keyword === 'items')
  return isTuple ? `i:${name}` : consumingKeys[keyword]
}

/** What is only defined there is judged where something refers to it. */
const definitionKeywords: ReadonlySet<string> = new Set(['$defs', 'definitions'])

/** Goes through a schema once: checks each keyword, and collects its schemas, references and anchors. */
export class SchemaWalk {
  readonly nodes = new Map<string, SchemaNode>()
  readonly references: FoundReference[] = []
  readonly anchors = new Map<string, string>()
  readonly #faults: FaultList
  readonly #patterns: PatternJudge

  readonly #maxNodes: number

  /** More nodes than a schema may hold are gone through only where `maxNodes` says so. */
  constructor(
    schema: JsonValue,
    faults: FaultList,
    judgesPatterns = true,
    maxNodes: number = schemaLimits.nodes,
  ) {
    this.#faults = faults
    this.#patterns = new PatternJudge(judgesPatterns)
    this.#maxNodes = maxNodes
    this.#visit(schema, '')
  }

  #visit(schema: JsonValue, pointer: string): void {
    if (typeof schema !== 'boolean' && !isJsonObject(schema)) {
      this.#faults.add(pointer, 'must be a schema: an object, true or false')
      return
    }
    // One more than is taken, so that the rest of a huge schema is not gone through.
    if (this.nodes.size > this.#maxNodes) return
    const node: SchemaNode = { pointer, schema, edges: [] }
    this.nodes.set(pointer, node)
    if (this.nodes.size > this.#maxNodes)
      this.#faults.add(pointer, `is beyond the ${this.#maxNodes} schemas that one may hold`)
    if (typeof schema === 'boolean') return
    this.#checkMembers(schema, pointer)
    for (const [keyword, value] of Object.entries(schema)) this.#keyword(node, keyword, value)
  }

  #keyword(node: SchemaNode, keyword: string, value: JsonValue): void {
    const kind = keywordKinds.get(keyword)
    if (kind === undefined) return
    const pointer = node.pointer + pointerPart(keyword)
    if (!this.#schemas(node, keyword, kind, value, pointer)) {
      const fault = checkKeyword(kind, value, this.#patterns)
      if (fault) this.#faults.add(pointer, ...fault)
    }
    if (keyword === '$ref' && typeof value === 'string')
      this.references.push({ from: node, pointer, target: value })
    if (keyword === '$anchor' && typeof value === 'string') this.#anchor(value, node.pointer, pointer)
    if (keyword === '$id' && node.pointer !== '')
      this.#faults.add(pointer, 'is taken at the root only', 'use $anchor, or refer by #/…')
  }

  /** Goes into the schemas that a keyword holds; false where it holds none. */
  #schemas(node: SchemaNode, keyword: string, kind: KeywordKind, value: JsonValue, pointer: string): boolean {
    switch (kind) {
      case 'schema':
        this.#child(node, keyword, value, pointer)
        return true
      case 'items':
        if (Array.isArray(value)) this.#list(node, keyword, value, pointer)
        else this.#child(node, keyword, value, pointer)
        return true
      case 'schemaList':
        this.#list(node, keyword, value, pointer)
        return true
      case 'namedSchemas':
      case 'patternSchemas':
      case 'dependencies':
        this.#named(node, keyword, kind, value, pointer)
        return true
      default:
        return false
    }
  }

  #list(node: SchemaNode, keyword: string, value: JsonValue, pointer: string): void {
    if (!Array.isArray(value) || value.length === 0) {
      this.#faults.add(pointer, 'must be a list with at least one schema')
      return
    }
    if (value.length > schemaLimits.members) {
      this.#faults.add(pointer, `has ${value.length} schemas; at most ${schemaLimits.members} are taken`)
      return
    }
    for (const [at, item] of value.entries()) this.#child(node, keyword, item, `${pointer}/${at}`, String(at))
  }

  #named(node: SchemaNode, keyword: string, kind: KeywordKind, value: JsonValue, pointer: string): void {
    if (!isJsonObject(value)) {
      this.#faults.add(pointer, 'must be an object of schemas')
      return
    }
    this.#checkMembers(value, pointer)
    for (const [name, item] of Object.entries(value)) {
      const at = pointer + pointerPart(name)
      const fault = kind === 'patternSchemas' ? this.#patterns.faultOf(name) : undefined
      if (fault !== undefined) this.#faults.add(at, fault)
      if (kind !== 'dependencies' || !Array.isArray(item)) this.#child(node, keyword, item, at, name)
      else if (checkKeyword('names', item, this.#patterns))
        this.#faults.add(at, 'must be a schema or a list of different names')
    }
  }

  #child(node: SchemaNode, keyword: string, value: JsonValue, pointer: string, name?: string): void {
    if (!definitionKeywords.has(keyword)) {
      node.edges.push({ key: keyOf(keyword, name), to: pointer })
    }
    this.#visit(value, pointer)
  }

  #checkMembers(value: JsonObject, pointer: string): void {
    const count = Object.keys(value).length
    if (count > schemaLimits.members)
      this.#faults.add(pointer, `has ${count} members; at most ${schemaLimits.members} are taken`)
  }

  #anchor(name: string, node: string, pointer: string): void {
    if (this.anchors.has(name)) this.#faults.add(pointer, 'is the anchor of another schema too')
    this.anchors.set(name, node)
  }
}
