/**
 * What a JSON Schema says about the form of values, without its limits: what the binary forms are derived from. A
 * shape takes every value that its schema takes; where a schema cannot be said in shapes it is `json`, which takes all.
 */
export type Shape =
  | { readonly kind: 'null' | 'boolean' | 'integer' | 'number' | 'string' | 'json' }
  | EnumShape
  | { readonly kind: 'array'; readonly items: Shape }
  | { readonly kind: 'map'; readonly values: Shape }
  | RecordShape
  | UnionShape

/** A string of a list. */
export interface EnumShape {
  readonly kind: 'enum'
  /** Names of the members that lead here from the root or from a definition of `$defs`. */
  readonly path: readonly string[]
  readonly values: readonly string[]
  readonly description: string | undefined
}

export interface RecordShape {
  readonly kind: 'record'
  readonly path: readonly string[]
  readonly description: string | undefined
  /** Filled after the record is made, since a record may contain itself. */
  readonly members: MemberShape[]
  /** Form of the members that the schema does not name; absent where it allows none. */
  rest?: Shape
}

export interface MemberShape {
  readonly name: string
  readonly shape: Shape
  readonly isOptional: boolean
  readonly description: string | undefined
}

/** At least two branches that a value tells apart by its form; at most one each of null, array and map. */
export interface UnionShape {
  readonly kind: 'union'
  readonly path: readonly string[]
  readonly branches: readonly Shape[]
}

/** The shape without null, and whether it takes null. */
export function splitNull(shape: Shape): { readonly isNullable: boolean; readonly rest: Shape | undefined } {
  if (shape.kind === 'null') return { isNullable: true, rest: undefined }
  if (shape.kind !== 'union') return { isNullable: false, rest: shape }
  const branches = shape.branches.filter(branch => branch.kind !== 'null')
  if (branches.length === shape.branches.length) return { isNullable: false, rest: shape }
  return { isNullable: true, rest: branches.length === 1 ? branches[0] : { ...shape, branches } }
}
