import { randomUUID } from 'node:crypto'
import { isJsonObject, KeelsonError, platformTenant } from '../../core/index.ts'
import type { EventStore } from '../../store/index.ts'

const tenantId = platformTenant
const collection = 'log-identity'
const id = 'log'

/** What the log of a store is called at a broker, so that two logs are kept out of one stream or topic. */
export class LogIdentity {
  readonly #store: EventStore
  #log: Promise<string> | undefined

  constructor(store: EventStore) {
    this.#store = store
  }

  /** The name of the log, made at the first call for good; a copy of the store has the same. */
  log(): Promise<string> {
    this.#log ??= this.#readLog().catch(error => {
      this.#log = undefined
      throw error
    })
    return this.#log
  }

  async #readLog(): Promise<string> {
    for (;;) {
      const document = await this.#store.document(tenantId, collection, id)
      const known = isJsonObject(document?.value) ? document.value['log'] : undefined
      if (typeof known === 'string') return known
      const log = randomUUID()
      try {
        const documents = [{ tenantId, collection, id, value: { log }, expected: 0 }]
        await this.#store.commit({ scope: { tenantId }, documents })
        return log
      } catch (error) {
        // Another process has named it at the same moment.
        if (!(error instanceof KeelsonError) || error.code !== 'document_conflict') throw error
      }
    }
  }
}

const text = 'Events of a Keelson log, in its order'
const pattern = /: log ([0-9a-f-]{36})$/

/** What a broker's entity says of itself, with the log that it is of; behind what somebody else has written there. */
export const describeLog = (log?: string, own?: string): string =>
  log === undefined ? text : `${own || text}: log ${log}`

/** The log that an entity is of; undefined where it does not say. */
export const logOf = (description: string | undefined): string | undefined =>
  pattern.exec(description ?? '')?.[1]
