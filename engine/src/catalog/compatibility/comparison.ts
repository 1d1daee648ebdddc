import type { FieldFault, JsonValue } from '../../core/index.ts'
import type { Difference } from './difference/difference.ts'
import type { SchemaDocument } from './schema/read-schema.ts'

export interface Comparison {
  /**
   * `compatible` is proved, `incompatible` is shown by a counter-example; `unproven` is neither, and is to be
   * treated as not compatible.
   */
  readonly verdict: 'compatible' | 'incompatible' | 'unproven'
  readonly differences: readonly Difference[]
  /** A value that the writer accepts and the reader refuses, each by its view, with the reader's reasons. */
  readonly counterExample?: { readonly value: JsonValue; readonly faults: readonly FieldFault[] }
  readonly steps: number
}

/** Two schemas with their views, read for one comparison. */
export interface Pair {
  readonly writer: SchemaDocument
  readonly reader: SchemaDocument
  readonly writerView: SchemaDocument
  readonly readerView: SchemaDocument
}
