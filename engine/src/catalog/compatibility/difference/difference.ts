/** One place at which two schemas differ. */
export interface Difference {
  /** JSON Pointer into the newer schema, or into the older where the newer has nothing there. */
  readonly pointer: string
  /** JSON Pointer of the values it is about; `*` stands for every item or every member without a name. */
  readonly instancePath: string
  readonly keyword: string
  /** Seen from the older schema to the newer. */
  readonly change: 'widened' | 'narrowed' | 'changed' | 'added' | 'removed'
  /** Whether the reader may refuse what the writer accepts because of it. */
  readonly isBreaking: boolean
  readonly message: string
}
