export interface RegistryLimits {
  /** Subjects of a scope. */
  readonly subjects: number
  /** Versions of a subject, deleted ones included. */
  readonly versions: number
  /** Characters of all texts of a scope, and 256 for each version. */
  readonly size: number
  /** Scopes that are kept at hand. */
  readonly scopes: number
  /** Characters of all texts that are kept at hand. */
  readonly cachedSize: number
}

export const defaultRegistryLimits: RegistryLimits = {
  subjects: 10_000,
  versions: 500,
  size: 64 * 1024 * 1024,
  scopes: 1_000,
  cachedSize: 256 * 1024 * 1024,
}
