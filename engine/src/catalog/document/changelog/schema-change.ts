import type { FieldFault, JsonObject, JsonValue } from '../../../core/index.ts'
import type { Direction } from '../../compatibility/index.ts'

/** What a comparison says of one place of a schema. */
export interface SchemaChange {
  /** JSON Pointer into the schema. */
  readonly pointer: string
  /** JSON Pointer into the payload; `*` stands for every item. */
  readonly instancePath: string
  readonly keyword: string
  readonly change: 'widened' | 'narrowed' | 'changed' | 'added' | 'removed'
  readonly isBreaking: boolean
  /** In words. */
  readonly message: string
}

/** A payload that one of two versions writes and the other refuses, and why. */
export interface CounterExample {
  /** Backward: the older version wrote it, and the newer one refuses it. Forward: the other way round. */
  readonly direction: Direction
  readonly value: JsonValue
  readonly faults: readonly FieldFault[]
}

/** How two versions of a schema stand to each other. */
export interface SchemaComparison {
  /** `unproven` where it could not be shown either way: to be taken as incompatible. */
  readonly verdict: 'compatible' | 'incompatible' | 'unproven'
  readonly differences: readonly SchemaChange[]
  readonly counterExample?: CounterExample
}

/** Compares two versions of a schema, the older one first. */
export type CompareSchemas = (older: JsonObject, newer: JsonObject) => SchemaComparison
