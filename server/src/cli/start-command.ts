import { setTimeout as pause } from 'node:timers/promises'
import { errorTable, KeelsonError, verifyLog } from 'keelson'
import { hasPassword, hasSecret } from '../start/addresses.ts'
import { openExistingArchive } from '../start/open-archive.ts'
import type { StartOptions } from '../start/options.ts'
import type { RunningServer } from '../start/serve.ts'
import { serve } from '../start/serve.ts'
import { shownTransport, transportKind } from '../start/transport-address.ts'
import { withTopology } from '../start/transport-topology.ts'
import { serverVersion } from '../start/version.ts'
import { CommandFailure, exitCodeForError, exitCodes } from './exit-code.ts'
import { endInTime, stopped } from './stop-request.ts'

/** Milliseconds that a stop at the end of a check may take, and that an archive or a broker may take to answer one. */
const checkDeadline = 10_000

export interface StartFlags {
  readonly isJson: boolean
  /** Stop as soon as everything is found in order. */
  readonly isCheck: boolean
  /** When the process began, in milliseconds since the epoch. */
  readonly processStart: number
  /** Aborts where the server is told to stop. */
  readonly stop: AbortSignal
  /** Seconds that a stop may take before the process ends anyway. */
  readonly stopWithin: number
}

/**
 * Starts the server and keeps it running until it is told to stop. A start that is told so goes on until it is done, for
 * it shows keys once, and stops then.
 */
export async function startCommand(
  options: StartOptions,
  { isJson, isCheck, processStart, stop, stopWithin }: StartFlags,
): Promise<void> {
  if (stop.aborted) return
  endInTime(stop, stopWithin)
  // Where an address with a secret was an argument, everybody on the machine could read it: it is written over.
  const { database = '', archive, transport = 'embedded' } = options
  if (hasPassword(database) || archive?.includes('sig=') || hasSecret(transport))
    process.title = 'keelson start'
  let server: RunningServer
  try {
    if (isCheck && options.archive !== undefined) await reachArchive(options.archive)
    if (isCheck) await reachBroker(options)
    server = await serve(options)
  } catch (error) {
    throw toFailure(error, options)
  }
  const seconds = (Date.now() - processStart) / 1000
  if (isCheck) {
    await check(server)
    process.stdout.write(isJson ? '{"check":"ok"}\n' : 'Everything is in order.\n')
    return
  }
  process.stdout.write(
    isJson ? `${JSON.stringify(summary(server, options))}\n` : banner(server, options, seconds),
  )
  await stopped(stop)
  if (!isJson) process.stderr.write('Stopping: finishing what was accepted …\n')
  await server.stop()
  endSoon()
}

/** A connection that nobody has answered yet, or that a driver has forgotten, must not keep a process that is done. */
function endSoon(): void {
  setTimeout(() => process.exit(), 1_000).unref()
}

/** Stops the server in any case; @throws CommandFailure saying what is not in order. */
async function check(server: RunningServer): Promise<void> {
  try {
    const faults = await findFaults(server)
    if (faults.length > 0) throw new CommandFailure(`The store is damaged:\n${faults.join('\n')}`)
    const trouble = await troubleOf(server)
    if (trouble !== undefined)
      throw new CommandFailure(`The read model of the audit trail does not get on: ${trouble}`)
  } finally {
    // What does not answer must not keep a check that is done from ending.
    await Promise.race([server.stop(), pause(checkDeadline, undefined, { ref: false })])
    endSoon()
  }
}

/** Why the read model does not follow the log; undefined where it does, also where it has far to go. */
async function troubleOf({ platform }: RunningServer): Promise<string | undefined> {
  const projection = platform.projection('AuditEventProjection')
  const { shards } = platform.store.capabilities
  const scope = { tenantId: 'every tenant', shard: 0 } as const
  const head = shards === 1 ? await platform.store.head(scope) : Number.POSITIVE_INFINITY
  // One that fails does so with its first batch; one that has work to do needs a moment to come to it.
  for (let tries = 0; tries < 10; tries += 1) {
    const { state, position, error } = projection.status
    if (state === 'retrying') return error ?? 'it fails and is tried again'
    if (position >= head) return undefined
    await pause(50)
  }
  return undefined
}

/** What is wrong with the store: SQLite's own check of the file where it is one, then every promise of the log. */
async function findFaults({ platform: { store } }: RunningServer): Promise<string[]> {
  if (store.capabilities.sql === 'sqlite') {
    const rows = await store.query({ tenantId: 'platform' }, 'PRAGMA quick_check', [])
    const damage = rows.map(row => String(row[0])).filter(line => line !== 'ok')
    if (damage.length > 0) return damage.slice(0, 10)
  }
  const { faults } = await verifyLog(store)
  return faults
    .slice(0, 10)
    .map(fault => `event ${fault.eventId} at position ${fault.position}: ${fault.problem}`)
}

/** @throws KeelsonError `request_invalid` where the archive's folder is not there, `blob_failed` where it does not answer. */
async function reachArchive(place: string): Promise<void> {
  const blobs = await openExistingArchive(place)
  const signal = AbortSignal.timeout(checkDeadline)
  try {
    await blobs.list('archive/', { signal })[Symbol.asyncIterator]().next()
  } catch (error) {
    throw new KeelsonError('blob_failed', 'The archive does not answer', {}, error)
  }
}

/**
 * A server starts without its broker and waits for it; a check says that it is not there. What it lacks is made later.
 * @throws KeelsonError `transport_unreachable`, `transport_denied`, `transport_too_old`.
 */
async function reachBroker(options: StartOptions): Promise<void> {
  const signal = AbortSignal.timeout(checkDeadline)
  try {
    await withTopology(options, options, topology => topology.diff(signal))
  } catch (error) {
    if (signal.aborted) throw new KeelsonError('transport_unreachable', undefined, {}, error)
    // An emulator cannot be asked what it has.
    if (!(error instanceof KeelsonError) || error.code !== 'transport_unsupported') throw error
  }
}

function summary({ url, location, platform, firstStart }: RunningServer, options: StartOptions): object {
  const { durability, shards } = platform.store.capabilities
  return {
    url,
    version: serverVersion(),
    ...(options.database === undefined ? { dataDir: options.dataDir } : { database: location, shards }),
    durability,
    transport: shownTransport(options.transport),
    ...(firstStart?.adminSecret === undefined ? {} : { platformKey: firstStart.adminSecret }),
    ...(firstStart?.sample === undefined
      ? {}
      : { sampleTenant: firstStart.sample.tenantId, sampleKey: firstStart.sample.secret }),
  }
}

function banner(
  { url, location, platform, firstStart }: RunningServer,
  { transport }: StartOptions,
  seconds: number,
): string {
  const { durability, shards } = platform.store.capabilities
  const promise =
    durability === 'fsync'
      ? 'an acknowledged event is on disk'
      : 'RELAXED: a power cut can lose the last events'
  const count = shards > 1 ? `${shards} shards, ` : ''
  const lines = [
    `Keelson ${serverVersion()}, ready in ${seconds.toFixed(1)} s`,
    '',
    `  Console       ${url}`,
    `  Data          ${location} (${count}${promise})`,
  ]
  if (transportKind(transport) !== 'embedded') lines.push(`  Transport     ${shownTransport(transport)}`)
  if (firstStart) lines.push(...firstStartLines(firstStart, url))
  lines.push('', '  Stop with Ctrl-C.', '')
  return `${lines.join('\n')}\n`
}

function firstStartLines(
  { sample, adminSecret }: NonNullable<RunningServer['firstStart']>,
  url: string,
): string[] {
  const lines: string[] = []
  if (sample)
    lines.push(
      `  Sample key    ${sample.secret}  (administrator of the tenant "${sample.tenantId}", ${sample.events} events)`,
    )
  if (adminSecret) lines.push(`  Platform key  ${adminSecret}  (makes tenants)`)
  if (lines.length > 0)
    lines.push(
      '',
      '  The keys are shown this once. Sign in to the console with the first, or send an event:',
      '',
    )
  const key = sample?.secret ?? adminSecret
  if (key !== undefined) {
    lines.push(
      `    curl ${url}/v1/events -H 'Authorization: Bearer ${key}' \\`,
      ...(sample ? [] : ["      -H 'Keelson-Tenant: <tenant>' \\"]),
      `      -H 'Content-Type: application/json' \\`,
      `      -d '{"eventType":"SubscriptionActivated","occurredAt":"${new Date().toISOString()}","payload":{"subscriptionId":"sub-1","editionCode":"team"}}'`,
    )
  }
  return lines
}

function toFailure(error: unknown, options: StartOptions): unknown {
  const { code } = error as { code?: string }
  if (code === 'EADDRINUSE') {
    return new CommandFailure(
      `Port ${options.port} on ${options.host} is in use: stop what listens there, or pass --port`,
      exitCodes.unavailable,
      error,
    )
  }
  if (isAddressFault(error))
    return new CommandFailure(
      `There is no address ${options.host} on this machine to listen on: pass another --host`,
      exitCodes.usage,
      error,
    )
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS') {
    const data = options.database === undefined ? `${options.dataDir} or ` : ''
    return new CommandFailure(`No permission for ${data}port ${options.port}`, exitCodes.notAllowed, error)
  }
  return error instanceof KeelsonError
    ? new CommandFailure(
        `${error.message} [${error.code}]\n${errorTable[error.code].remedy}`,
        exitCodeForError(error),
        error,
      )
    : error
}

/** Whether it says that the host to listen on is no name that is known, or no address of this machine. */
function isAddressFault(error: unknown): boolean {
  const { code = '', syscall } = error as { code?: string; syscall?: string }
  return (
    (syscall === 'getaddrinfo' && ['ENOTFOUND', 'EAI_AGAIN'].includes(code)) ||
    (syscall === 'listen' && ['EADDRNOTAVAIL', 'EINVAL'].includes(code))
  )
}
