/** A key that a record of the log says is destroyed, and the index of the record. */
export interface ErasedKey {
  readonly kid: string
  readonly index: number
}

/** The keys that the payload of an erasure names. */
export const erasedBy = (keys: unknown, index: number): readonly ErasedKey[] =>
  Array.isArray(keys) ? keys.map(kid => ({ kid: String(kid), index })) : []
