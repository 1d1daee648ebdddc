import type { Catalog, Registry } from '../catalog/index.ts'
import type { CompleteEvent, ErrorCode } from '../core/index.ts'
import { KeelsonError } from '../core/index.ts'

/** Refusals that a type which was registered a moment ago would not meet. */
const mayBeNew: ReadonlySet<ErrorCode> = new Set([
  'event_type_unknown',
  'event_version_unknown',
  'payload_invalid',
])

/**
 * Admits events to the log: by the catalogue, and by what their tenant registered, which may have to be read first. A
 * tenant's events that come meanwhile wait for it too, so that their order stays the one in which they came.
 */
export class Admission {
  readonly #catalog: Catalog
  readonly #registry: Registry
  readonly #keepsUnknown: (tenantId: string) => boolean
  readonly #loading = new Map<string, Promise<void>>()

  constructor(catalog: Catalog, registry: Registry, keepsUnknown: (tenantId: string) => boolean) {
    this.#catalog = catalog
    this.#registry = registry
    this.#keepsUnknown = keepsUnknown
  }

  /** @throws KeelsonError as `Catalog.admit`. */
  async admit(tenantId: string, event: CompleteEvent): Promise<CompleteEvent> {
    const isBuiltIn = this.#catalog.get(event.envelope.eventType) !== undefined
    if (isBuiltIn) {
      const loading = this.#loading.get(tenantId)
      if (loading) await loading
      return this.admitKnown(tenantId, event)
    }
    await this.#load(tenantId, false)
    try {
      return this.admitKnown(tenantId, event)
    } catch (error) {
      if (!(error instanceof KeelsonError) || !mayBeNew.has(error.code)) throw error
      // Another process may have registered it a moment ago.
      await this.#load(tenantId, true)
      return this.admitKnown(tenantId, event)
    }
  }

  /** With what is known now, without waiting. */
  admitKnown(tenantId: string, event: CompleteEvent): CompleteEvent {
    return this.#catalog.admit(event, this.#keepsUnknown(tenantId), this.#registry.ownTypes(tenantId))
  }

  #load(tenantId: string, isFresh: boolean): Promise<void> {
    const before = this.#loading.get(tenantId)
    if (before !== undefined && !isFresh) return before
    const load = () => this.#registry.load(tenantId, { isFresh })
    const loading = (before === undefined ? load() : before.then(load, load)).finally(() => {
      if (this.#loading.get(tenantId) === loading) this.#loading.delete(tenantId)
    })
    // Who waits is told; that nobody does must not end the process.
    loading.catch(() => undefined)
    this.#loading.set(tenantId, loading)
    return loading
  }
}
