import type { JsonValue } from '../../../core/index.ts'
import { platformTenant } from '../../../core/index.ts'
import type { EventStore } from '../../../store/index.ts'

/** Documents of the tenant `platform`: what the processes of a partition keep for whoever comes next. */
const keptCollection = 'service-bus-kept'

/** A small value of a partition. Several processes share it, and the last one to keep something is heard. */
export class KeptValue {
  readonly #store: EventStore
  readonly #id: string
  #value: JsonValue | undefined

  constructor(store: EventStore, id: string) {
    this.#store = store
    this.#id = id
  }

  get value(): JsonValue | undefined {
    return this.#value
  }

  async load(): Promise<void> {
    this.#value = (await this.#store.document(platformTenant, keptCollection, this.#id))?.value
  }

  async keep(value: JsonValue): Promise<void> {
    this.#value = value
    const change = { tenantId: platformTenant, collection: keptCollection, id: this.#id, value }
    await this.#store.commit({ scope: { tenantId: platformTenant }, documents: [change] })
  }
}
