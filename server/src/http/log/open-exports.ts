import { KeelsonError } from 'keelson'

/** Bundles that are made at a time, each of which reads a whole log. */
const most = 4

/** Counts the bundles that are being made: a few for all, one for each tenant. */
export class OpenExports {
  readonly #tenants = new Set<string>()

  /** Takes a place and gives the way to leave it. @throws KeelsonError `bundle_busy`. */
  enter(tenantId: string): () => void {
    if (this.#tenants.size >= most || this.#tenants.has(tenantId)) throw new KeelsonError('bundle_busy')
    this.#tenants.add(tenantId)
    return () => {
      this.#tenants.delete(tenantId)
    }
  }
}
