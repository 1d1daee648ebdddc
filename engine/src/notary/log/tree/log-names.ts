import { parseVerifierKey } from '../../../proof/index.ts'
import type { LogKeys } from '../port.ts'

/** What a log is known by. That of a tenant that was deleted and made anew is another log, and has others. */
export interface LogName {
  /** The name of its keys, and the first line of its checkpoints. */
  readonly origin: string
  /** Id of its first key. */
  readonly keyId: string
}

/** The names of the tenants' logs, as their keys say. */
export class LogNames {
  readonly #keys: LogKeys
  readonly #logName: string
  readonly #known = new Map<string, LogName>()
  /** Looks that are under way, by the last that began: what an earlier one finds is not kept. */
  readonly #looks = new Map<string, symbol>()

  constructor(keys: LogKeys, logName: string) {
    this.#keys = keys
    this.#logName = logName
  }

  /** Undefined for a log without keys. */
  async of(tenantId: string): Promise<LogName | undefined> {
    const known = this.#known.get(tenantId)
    if (known !== undefined) return known
    const look = Symbol()
    this.#looks.set(tenantId, look)
    const isNewest = () => this.#looks.get(tenantId) === look
    try {
      const first = (await this.#keys.logKeys(tenantId)).at(-1)
      if (first === undefined) return undefined
      const { name: origin, id: keyId } = parseVerifierKey(first)
      const name = { origin, keyId }
      if (isNewest()) this.#known.set(tenantId, name)
      return name
    } finally {
      if (isNewest()) this.#looks.delete(tenantId)
    }
  }

  /** As `of`, where another process may have deleted the tenant, and it was made anew. */
  anew(tenantId: string): Promise<LogName | undefined> {
    this.forget(tenantId)
    return this.of(tenantId)
  }

  /** The origin of a tenant's first log. */
  first(tenantId: string): string {
    return `${this.#logName}/t/${tenantId}/main`
  }

  /** The origin as far as it is known by now. */
  origin(tenantId: string): string {
    return this.#known.get(tenantId)?.origin ?? this.first(tenantId)
  }

  forget(tenantId: string): void {
    this.#known.delete(tenantId)
    this.#looks.delete(tenantId)
  }
}
