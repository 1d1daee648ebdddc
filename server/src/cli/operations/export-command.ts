import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { createWriteStream, existsSync } from 'node:fs'
import { link, open, rm } from 'node:fs/promises'
import { basename, dirname, resolve } from 'node:path'
import { pipeline } from 'node:stream/promises'
import type { EventStore } from 'keelson'
import { createIdSource, exportTenant, KeelsonError, systemClock } from 'keelson'
import { recordExport } from 'keelson/notary'
import { hasArchivedEvents } from '../../start/open-archive.ts'
import { CommandFailure, exitCodes } from '../exit-code.ts'
import { Progress } from '../progress.ts'
import { archiveAt, withArchive } from './archive.ts'
import { interruptible } from './interrupt.ts'
import { removeLeftParts } from './left-parts.ts'
import { openReader, openStore } from './open-place.ts'
import type { Place } from './place.ts'

export interface ExportFlags {
  readonly output: string
  readonly archive?: string
  readonly quiet?: boolean
}

/** Writes all that a store has of a tenant as NDJSON, to a file or to standard output for `-`. */
export async function exportTenantCommand(place: Place, tenantId: string, flags: ExportFlags): Promise<void> {
  const isStdout = flags.output === '-'
  const folder = dirname(resolve(flags.output))
  if (!isStdout && !existsSync(folder))
    throw new CommandFailure(`There is no folder ${folder} for the export`, exitCodes.usage)
  if (!isStdout) await clearParts(resolve(flags.output))
  const progress = new Progress(undefined, flags.quiet === true || isStdout, 'events')
  let lines = 0
  await interruptible('Stopped; the export is not complete', async signal => {
    await using store = await openStore(place)
    await using reader = await openReader(place)
    const blobs = await archiveAt(flags.archive)
    // Else the export would look whole, and lack what was archived.
    if (!blobs && (await hasArchivedEvents(store.it, tenantId)))
      throw new KeelsonError('event_archived', `Events of ${tenantId} are archived: name the archive too`)
    if (!isStdout && existsSync(flags.output)) throw exists(resolve(flags.output))
    await remember(store.it, tenantId, flags.output)
    const exported = exportTenant(withArchive(store.it, blobs), reader.it, tenantId, {
      signal,
      onProgress: done => {
        lines = done
        progress.update(done, 'exporting')
      },
    })
    await (isStdout ? print(exported) : save(exported, resolve(flags.output)))
  }).finally(() => progress.end())
  if (!isStdout) process.stdout.write(`${flags.output}: ${lines} events and documents of ${tenantId}\n`)
}

/** A part has the tenant's data in it, and nobody else would remove what an export that was killed left. */
async function clearParts(output: string): Promise<void> {
  for (const name of await removeLeftParts(output, systemClock.now()))
    process.stderr.write(`${name}: removed, it was left by an export that was cut off\n`)
}

/** An export is a copy that no erasure reaches: those of the tenant's people are told of it. */
async function remember(store: EventStore, tenantId: string, output: string): Promise<void> {
  const last = { direction: 'backwards', limit: 1, removed: 'include' } as const
  const [newest] = await Array.fromAsync(store.readAll({ tenantId }, last))
  if (newest === undefined) return
  const size = newest.sequence + 1
  const at = new Date(systemClock.now()).toISOString()
  const id = createIdSource(systemClock).ulid()
  const where = output === '-' ? 'tenants export' : `tenants export: ${basename(output)}`
  // What is sealed in it opens with the keys that come along, and the root key.
  await recordExport(store, tenantId, { id, at, from: 0, to: size, size, withPersonal: true, where })
}

async function print(lines: AsyncIterable<string>): Promise<void> {
  for await (const line of lines) if (!process.stdout.write(line)) await once(process.stdout, 'drain')
}

/** The file gets its name when it is whole and on disk. */
async function save(lines: AsyncIterable<string>, output: string): Promise<void> {
  if (existsSync(output)) throw exists(output)
  const part = `${output}.part-${randomUUID()}`
  try {
    await pipeline(lines, createWriteStream(part, { mode: 0o600, flags: 'wx', flush: true }))
    await link(part, output)
  } catch (error) {
    throw (error as { code?: string }).code === 'EEXIST' ? exists(output) : error
  } finally {
    await rm(part, { force: true })
    await using folder = await open(dirname(output), 'r')
    await folder.sync()
  }
}

const exists = (file: string): KeelsonError =>
  new KeelsonError('file_exists', `${file} is there already; an export is never written over another file`)
