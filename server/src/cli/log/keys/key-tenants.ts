import type { EventStore } from 'keelson'
import { KeelsonError } from 'keelson'
import { openDirectory, openReader } from '../../operations/open-place.ts'
import type { Place } from '../../operations/place.ts'

/** Every tenant that may have keys, in order: those of the directory, and those that have events. */
export async function keyTenants(store: EventStore, place: Place): Promise<readonly string[]> {
  const tenants = new Set<string>()
  {
    await using reader = await openReader(place)
    for (let shard = 0; shard < reader.it.shards; shard += 1)
      for await (const page of reader.it.scan('tenant', { shard }))
        for (const { name, deletedAt } of page) if (deletedAt === null) tenants.add(name)
  }
  for (const { id } of await (await openDirectory(store)).listTenants()) tenants.add(id)
  return [...tenants].sort()
}

/** @throws KeelsonError `tenant_unknown`: keys would be made for a tenant that nobody has. */
export async function refuseUnknown(store: EventStore, place: Place, tenant: string): Promise<void> {
  if ((await keyTenants(store, place)).includes(tenant)) return
  throw new KeelsonError('tenant_unknown', `There is no tenant "${tenant.slice(0, 100)}" in this store`)
}
