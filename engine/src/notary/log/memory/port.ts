/** A head that was signed. */
export interface RememberedHead {
  readonly size: number
  /** base64. */
  readonly root: string
}

/**
 * Where heads are remembered that whoever deletes in the store does not reach. A log is told apart by its tenant and the id
 * of its first key, so that the log of a tenant that was deleted and made anew is another one.
 */
export interface HeadMemory {
  /** All that are remembered, by {@link logId}. What cannot be understood is left out; `faults` says how many may be. */
  load(): Promise<{ readonly heads: ReadonlyMap<string, RememberedHead>; readonly faults: number }>
  /** Puts heads beside those that are there; of one log the longer one stays. `gone` says which are forgotten. */
  save(heads: ReadonlyMap<string, RememberedHead>, gone: (id: string) => boolean): Promise<void>
}

export const logId = (tenantId: string, keyId: string): string => `${tenantId}+${keyId}`
