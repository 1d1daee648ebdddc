import { canonicalJson } from '../../core/index.ts'
import type { NodeIds, Schema } from './schema/node.ts'
import type { SchemaDocument } from './schema/read-schema.ts'
import { readSchema, readView } from './schema/read-schema.ts'
import { closedView } from './view/closed-view.ts'
import { openView } from './view/open-view.ts'
import { withDefaults } from './view/with-defaults.ts'

export interface ViewOptions {
  readonly strict?: boolean
  readonly appliesDefaults?: boolean
}

/** A schema that is compared, both ways perhaps: it and each of its views are read once. */
export interface Material {
  readonly plain: SchemaDocument
  /** Canonical text of the whole document, annotations and all. */
  readonly text: () => string
  readonly asWriter: () => SchemaDocument
  readonly asReader: () => SchemaDocument
}

/** Throws `schema_invalid` as `readSchema` does. */
export function readMaterial(schema: Schema, ids: NodeIds, options: ViewOptions): Material {
  const plain = readSchema(schema, ids)
  const closed = () => (options.strict ? schema : closedView(schema))
  const open = () => (options.strict ? schema : openView(schema))
  const opened = () => (options.appliesDefaults ? withDefaults(open()) : open())
  return {
    plain,
    text: once(() => canonicalJson(schema)),
    asWriter: once(() => readView(closed(), ids, plain)),
    asReader: once(() => readView(opened(), ids, plain)),
  }
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined
  return () => {
    made ??= { value: make() }
    return made.value
  }
}
