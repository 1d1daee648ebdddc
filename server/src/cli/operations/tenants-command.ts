import { audit, governance, saas, security } from '@keelson/contexts'
import { createPlatform, KeelsonError, platformTenant } from 'keelson'
import { noteLogDeletion } from 'keelson/notary'
import { deleteTenant } from '../../start/delete-tenant.ts'
import { hasArchivedEvents } from '../../start/open-archive.ts'
import { printable, printableJson } from '../event-line.ts'
import { archiveAt, withArchive } from './archive.ts'
import { confirmName } from './ask.ts'
import { compactStore } from './compact.ts'
import { interruptible } from './interrupt.ts'
import { openDirectory, openReader, openStore } from './open-place.ts'
import type { Place } from './place.ts'
import type { KeySettings } from './sealed-store.ts'
import { withKeys } from './sealed-store.ts'

interface JsonFlag {
  readonly json?: boolean
}

/** Prints the tenants with the number of their events. */
export async function listTenantsCommand(place: Place, flags: JsonFlag): Promise<void> {
  const sizes = new Map<string, number>()
  {
    await using reader = await openReader(place)
    for (let shard = 0; shard < reader.it.shards; shard += 1)
      for await (const page of reader.it.scan('tenant', { shard }))
        for (const { name, size, deletedAt } of page) if (deletedAt === null) sizes.set(name, size)
  }
  await using store = await openStore(place)
  const listed = await (await openDirectory(store.it)).listTenants()
  const known = new Set(listed.map(({ id }) => id))
  // What embeds the store has tenants that no directory knows.
  const others = [...sizes.keys()].filter(id => !known.has(id) && id !== platformTenant).sort()
  for (const { id, ...made } of [...listed, ...others.map(id => ({ id, name: '', createdAt: '' }))]) {
    const events = sizes.get(id) ?? 0
    process.stdout.write(
      flags.json
        ? `${printableJson({ id, name: made.name, createdAt: made.createdAt, events })}\n`
        : `${id.padEnd(24)}  ${made.createdAt.slice(0, 10).padEnd(10)}  ${String(events).padStart(12)} events  ${printable(made.name)}\n`,
    )
  }
}

/** Makes a tenant, and its administrator's key where it is asked for. */
export async function createTenantCommand(
  place: Place,
  id: string,
  flags: JsonFlag & { readonly name?: string; readonly key?: boolean; readonly keepUnknownTypes?: boolean },
): Promise<void> {
  await using store = await openStore(place)
  const directory = await openDirectory(store.it)
  const tenant = await directory.createTenant(id, flags.name ?? id, flags.keepUnknownTypes === true)
  const secret = flags.key
    ? (await directory.createKey(id, 'admin', 'made on the command line')).secret
    : undefined
  process.stdout.write(
    flags.json
      ? `${printableJson({ ...tenant, ...(secret === undefined ? {} : { key: secret }) })}\n`
      : `Made the tenant ${id}.\n${secret === undefined ? '' : `Administrator's key, shown this once: ${secret}\n`}`,
  )
}

/** Deletes a tenant with all that it has; goes on where an earlier call was cut off. */
export async function deleteTenantCommand(
  place: Place,
  id: string,
  flags: JsonFlag & {
    readonly yes?: boolean
    readonly archive?: string
    readonly compact?: boolean
    readonly sealing?: KeySettings
  },
): Promise<void> {
  await confirmName(
    id,
    `This removes every event, document and key of the tenant for good.\nType its id to go on: `,
    flags.yes === true,
  )
  const deleted = await interruptible('Stopped; the same command goes on from here', async signal => {
    await using opened = await openStore(place)
    if (flags.archive === undefined && (await hasArchivedEvents(opened.it, id)))
      throw new KeelsonError(
        'event_archived',
        `The tenant "${id}" has events in an archive, which would stay there: name it with --archive or KEELSON_ARCHIVE`,
      )
    const store = withArchive(opened.it, await archiveAt(flags.archive))
    const directory = await openDirectory(store)
    await using sealed = await withKeys(store, place, flags.sealing ?? {})
    const contexts = [audit, governance, saas, security]
    const platform = await createPlatform({ store: sealed.it, contexts })
    try {
      return await deleteTenant(platform, directory, id, { signal })
    } catch (error) {
      if (!(error instanceof KeelsonError) || error.code !== 'tenant_unknown') throw error
      // A product that embeds the store has tenants that no directory knows.
      if ((await store.head({ tenantId: id })) === 0) throw error
      const isLogNoted = await noteLogDeletion(platform.store, id)
      return { ...(await platform.deleteTenant(id, { signal })), isLogNoted }
    } finally {
      await platform.close()
    }
  })
  const { events, isLogNoted } = deleted
  if (!isLogNoted)
    process.stderr.write(
      `Which log it had cannot be read: where "keelson doctor" misses that, run "keelson log accept-deletion ${id}".\n`,
    )
  const compacted = flags.compact ? await compactStore(place) : undefined
  process.stdout.write(
    flags.json
      ? `${printableJson({ id, events, isLogNoted, ...compacted })}\n`
      : `Deleted the tenant ${id}: the content of ${events} events, and all that was beside them.\n${
          compacted ? `The file has ${compacted.bytes} bytes, and nothing of it any more.\n` : ''
        }`,
  )
}
