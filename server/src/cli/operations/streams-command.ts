import { audit, governance, saas, security } from '@keelson/contexts'
import type { EventStore } from 'keelson'
import {
  archiveStream,
  createPlatform,
  EventStreamArchived,
  EventStreamSealed,
  EventStreamTombstoned,
  KeelsonError,
  refuseReservedStream,
  scavenge,
  sealStream,
  tombstoneStream,
} from 'keelson'
import { scavengeHolds, scavengeRecords } from 'keelson/notary'
import { printable, printableJson } from '../event-line.ts'
import { CommandFailure, exitCodes } from '../exit-code.ts'
import { archiveAt, archiveToWrite, withArchive } from './archive.ts'
import { confirmName } from './ask.ts'
import { compactStore } from './compact.ts'
import { interruptible } from './interrupt.ts'
import { openInspection, openStore } from './open-place.ts'
import type { Place } from './place.ts'
import type { KeySettings } from './sealed-store.ts'
import { withKeys } from './sealed-store.ts'

interface StreamFlags {
  readonly tenant: string
  readonly json?: boolean
}

const states = ['open', 'sealed', 'tombstoned'] as const
const recordNames: ReadonlyMap<string, string> = new Map([
  [EventStreamSealed.type, 'seal'],
  [EventStreamArchived.type, 'archive'],
  [EventStreamTombstoned.type, 'tombstone'],
])

/** Prints the streams of a tenant with their versions and states, in the order in which they began. */
export async function listStreamsCommand(
  place: Place,
  flags: StreamFlags & { readonly prefix?: string; readonly state?: string },
): Promise<void> {
  if (flags.state !== undefined && !states.some(state => state === flags.state))
    throw new CommandFailure(`--state takes ${states.join(', ')}`, exitCodes.usage)
  await using store = await openInspection(place)
  let isKnown = false
  for (let shard = 0; shard < store.it.shards; shard += 1) {
    const tenants = (await Array.fromAsync(store.it.scan('tenant', { shard }))).flat()
    const tenant = tenants.find(({ name }) => name === flags.tenant)
    if (!tenant) continue
    isKnown = true
    for await (const page of store.it.scan('stream', { shard }))
      for (const row of page) {
        const state = states[row.state] ?? 'open'
        if (row.tenant !== tenant.id || !row.name.startsWith(flags.prefix ?? '')) continue
        if (flags.state !== undefined && flags.state !== state) continue
        const { name: stream, version } = row
        process.stdout.write(
          flags.json
            ? `${printableJson({ stream, version, state })}\n`
            : `${String(version).padStart(10)}  ${state.padEnd(10)}  ${printable(stream)}\n`,
        )
      }
  }
  if (!isKnown)
    throw new CommandFailure(`There are no events of "${printable(flags.tenant)}"`, exitCodes.notFound)
}

/** Prints what is known of one stream. */
export async function streamInfoCommand(place: Place, stream: string, flags: StreamFlags): Promise<void> {
  await using store = await openStore(place)
  const info = await store.it.stream(flags.tenant, stream)
  if (!info) throw new KeelsonError('stream_not_found', `There is no stream "${stream}" of ${flags.tenant}`)
  print(flags, { ...info, ...(await recordsOf(store.it, flags.tenant, stream)) })
}

/** What the log says of its seal, archive and tombstone. */
async function recordsOf(store: EventStore, tenantId: string, stream: string): Promise<object> {
  const records: Record<string, unknown> = {}
  const about = `EventStream-${stream}`
  for await (const event of store.readStream(tenantId, about)) {
    const name = recordNames.get(event.eventType)
    if (name !== undefined && event.bodyState === 'present') records[name] = event.envelope.payload
  }
  return records
}

export async function sealStreamCommand(
  place: Place,
  stream: string,
  flags: StreamFlags & { readonly reason?: string },
): Promise<void> {
  refuseReservedStream(stream)
  await using store = await openStore(place)
  const { payload, duplicate } = await interruptible('Stopped; the stream is not sealed', signal =>
    sealStream(store.it, flags.tenant, stream, {
      ...(flags.reason === undefined ? {} : { reason: flags.reason }),
      signal,
    }),
  )
  print(flags, { ...payload, duplicate })
}

export async function archiveStreamCommand(
  place: Place,
  stream: string,
  flags: StreamFlags & { readonly archive?: string },
): Promise<void> {
  refuseReservedStream(stream)
  const blobs = await archiveToWrite(flags.archive)
  await using store = await openStore(place)
  // Before it is so: who has servers running can still stop it.
  if (!flags.json)
    process.stderr.write(
      'Once its content is moved servers on this store need the archive: start them with --archive or KEELSON_ARCHIVE.\n',
    )
  const { payload, duplicate } = await interruptible('Stopped; the same command goes on from here', signal =>
    archiveStream(store.it, blobs, flags.tenant, stream, { signal }),
  )
  print(flags, { ...payload, duplicate })
}

export async function tombstoneStreamCommand(
  place: Place,
  stream: string,
  flags: StreamFlags & { readonly reason: string; readonly yes?: boolean },
): Promise<void> {
  refuseReservedStream(stream)
  await confirmName(
    stream,
    'Nobody can read the stream afterwards. Type its name to go on: ',
    flags.yes === true,
  )
  await using store = await openStore(place)
  const { payload, duplicate } = await interruptible('Stopped; the same command goes on from here', signal =>
    tombstoneStream(store.it, flags.tenant, stream, { reason: flags.reason, signal }),
  )
  print(flags, { ...payload, duplicate })
}

/** Removes what a tenant's tombstoned streams and metadata left behind; with `--dry-run` it is only counted. */
export async function scavengeCommand(
  place: Place,
  flags: StreamFlags & {
    readonly archive?: string
    readonly dryRun?: boolean
    readonly compact?: boolean
    readonly sealing?: KeySettings
  },
): Promise<void> {
  let keepsSealed = false
  const report = await interruptible('Stopped; the same command goes on from here', async signal => {
    await using opened = await openStore(place)
    const blobs = await archiveAt(flags.archive)
    const store = withArchive(opened.it, blobs)
    const options = { ...(blobs ? { blobs } : {}), signal }
    const holds = await scavengeHolds(store, flags.tenant)
    keepsSealed = holds.keepsSealed
    if (flags.dryRun === true)
      return await scavenge(store, flags.tenant, { ...options, isHeld: holds.isHeld, dryRun: true })
    // What is removed must not be found by its copies in the read models.
    await using sealed = await withKeys(store, place, flags.sealing ?? {})
    const contexts = [audit, governance, saas, security]
    const platform = await createPlatform({ store: sealed.it, contexts })
    try {
      return await platform.scavenge(flags.tenant, {
        ...options,
        ...(await scavengeRecords(store, flags.tenant)),
      })
    } finally {
      await platform.close()
    }
  })
  print(flags, { ...report })
  if (keepsSealed && report.held > 0 && !flags.json)
    process.stderr.write(
      'While a person is held, every event with sealed fields is kept, whoever it is about: "held" counts them all.\n',
    )
  if (flags.compact === true && flags.dryRun !== true) print(flags, await compactStore(place))
}

/** A line of JSON, or a line of `name value` for each member. */
function print(flags: { readonly json?: boolean }, value: object): void {
  if (flags.json) {
    process.stdout.write(`${printableJson(value)}\n`)
    return
  }
  const lines = Object.entries(value).map(([name, member]) => `${name.padEnd(16)}${shown(member)}`)
  process.stdout.write(`${lines.join('\n')}\n`)
}

function shown(member: unknown): string {
  if (typeof member !== 'object' || member === null) return printable(String(member))
  return Object.entries(member)
    .map(([name, part]) => `${name} ${String(part)}`)
    .join(', ')
}
