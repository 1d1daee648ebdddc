import type { CatalogEntry } from 'keelson'
import type { ServerContext } from './server-context.ts'

/** Event types that were registered at run time, besides those that are defined in code. */
export interface RegisteredTypes {
  /** By the tenant, for itself. */
  readonly own: readonly CatalogEntry[]
  /** By the platform, for every tenant. */
  readonly shared: readonly CatalogEntry[]
}

export async function registeredTypes(
  { platform }: ServerContext,
  tenantId: string,
): Promise<RegisteredTypes> {
  const { registry } = platform
  await registry.load(tenantId)
  const seen = registry.ownTypes(tenantId)
  const entries = (isShared: boolean) =>
    seen.names
      .filter(name => (seen.isShared?.(name) ?? false) === isShared)
      .flatMap(name => seen.get(name) ?? [])
  return { own: entries(false), shared: entries(true) }
}
