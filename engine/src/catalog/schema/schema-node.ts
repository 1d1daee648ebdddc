import type { JsonObject } from '../../core/index.ts'

/**
 * How one schema leads to another. Without a key, both judge the same value; `p:name` is a member of that name, `p:*`
 * any member, `i:3` the fourth item, `i:*` any item, `n` a member's name.
 */
export interface SchemaEdge {
  readonly key: string | undefined
  readonly to: string
}

/** A schema within a document, by its JSON Pointer. */
export interface SchemaNode {
  readonly pointer: string
  readonly schema: JsonObject | boolean
  readonly edges: SchemaEdge[]
}

/** A reference, and the schema that it stands in. */
export interface FoundReference {
  readonly from: SchemaNode
  readonly pointer: string
  readonly target: string
}
