import type { ErrorCode, EventStore } from 'keelson'
import { KeelsonError } from 'keelson'
import type { KeyRing, RewrapOptions } from 'keelson/notary'
import { addRootKey, dropOldRootKeys, examineSealed } from 'keelson/notary'
import type { Config } from '../../config.ts'
import { printable, printableJson } from '../../event-line.ts'
import { CommandFailure, exitCodes } from '../../exit-code.ts'
import { confirmName } from '../../operations/ask.ts'
import { interruptible } from '../../operations/interrupt.ts'
import { openReader } from '../../operations/open-place.ts'
import type { Place } from '../../operations/place.ts'
import { settledPlace } from '../../operations/place.ts'
import { Progress } from '../../progress.ts'
import { counted } from '../words.ts'
import { keyTenants, refuseUnknown } from './key-tenants.ts'
import { openRing } from './open-ring.ts'

interface Flags {
  readonly json?: boolean
  readonly quiet?: boolean
}

/** What is wrong with the keys of one tenant, so that the others are looked at all the same. */
const faults: readonly ErrorCode[] = ['key_ring_incomplete', 'key_ring_wrong']
/** Times that what other processes have wrapped meanwhile is wrapped anew. */
const mostRuns = 5

/** Opens every key that sealed something, and says of each tenant whether that goes; exit code 1 where it does not. */
export async function checkCommand(
  config: Config,
  flags: Flags & { readonly tenant?: string },
): Promise<void> {
  const { tenant, json } = flags
  await using keys = await openRing(config)
  const { ring, store, place } = keys
  if (tenant !== undefined) await refuseUnknown(store, place, tenant)
  const tenants = tenant === undefined ? await keyTenants(store, place) : [tenant]
  let unsound = 0
  if (!ring) process.stderr.write('The store has no keys yet.\n')
  await interruptible('Stopped before everything was checked', async signal => {
    for (const tenant of tenants) {
      const fault = (ring && (await faultOf(ring, tenant, signal))) ?? (await goneOf(store, tenant, signal))
      if (fault) unsound += 1
      else if (!ring) continue
      const { code = null, message = null } = fault ?? {}
      process.stdout.write(
        json
          ? `${printableJson({ tenant, isSound: !fault, code, message })}\n`
          : `${tenant.padEnd(24)}  ${fault ? printable(`${fault.message} [${fault.code}]`) : 'sound'}\n`,
      )
    }
  })
  if (unsound > 0) throw new CommandFailure(`Keys of ${counted(unsound, 'tenant')} cannot be opened`)
}

async function faultOf(
  ring: KeyRing,
  tenant: string,
  signal: AbortSignal,
): Promise<KeelsonError | undefined> {
  try {
    await ring.check(tenant, { isWhole: true, signal })
    return undefined
  } catch (error) {
    if (error instanceof KeelsonError && faults.includes(error.code)) return error
    throw error
  }
}

/** Keys that are not there cannot be opened: events tell which there were, records of erasures which are to be gone. */
async function goneOf(
  store: EventStore,
  tenant: string,
  signal: AbortSignal,
): Promise<KeelsonError | undefined> {
  const found = await examineSealed(store, tenant, { signal })
  return found.length === 0 ? undefined : new KeelsonError('sealed_damaged', found.join('. '))
}

export async function rotateCommand(
  config: Config,
  flags: Flags & { readonly tenant: string },
): Promise<void> {
  const { tenant } = flags
  await using keys = await openRing(config)
  const { ring } = keys
  await refuseUnknown(keys.store, keys.place, tenant)
  const { rewrapped } = ring
    ? await rewrapping(flags, options => ring.rotateTenantKey(tenant, options))
    : { rewrapped: 0 }
  process.stdout.write(
    flags.json
      ? `${printableJson({ tenant, rewrapped })}\n`
      : `${counted(rewrapped, 'key')} of ${tenant} wrapped under a new one.\n`,
  )
}

export async function rewrapCommand(config: Config, flags: Flags): Promise<void> {
  await using keys = await openRing(config)
  const { ring } = keys
  const { rewrapped } = ring ? await rewrapping(flags, options => ring.rewrapRoot(options)) : { rewrapped: 0 }
  const next = rewrapped === 0 ? '' : ' Run it again until it gives 0: servers may have added some meanwhile.'
  process.stdout.write(
    flags.json
      ? `${printableJson({ rewrapped })}\n`
      : `Keys of tenants wrapped under the newest root key: ${rewrapped}.${next}\n`,
  )
}

/** Adds a root key to the key file, once it is known to be that of the store. */
export async function addRootCommand(config: Config, flags: Flags): Promise<void> {
  await using keys = await openRing(config)
  const keyFile = requireFile(keys.keyFile)
  await addRootKey(keyFile)
  process.stdout.write(
    flags.json
      ? `${printableJson({ keyFile })}\n`
      : `Added a root key to ${keyFile}: back the file up, start every server anew, then run "keelson sealing-keys rewrap".\n`,
  )
}

/**
 * Keeps only the newest root key, once nothing is wrapped by the others. No server may run meanwhile: one that was started
 * before the newest key was added would go on wrapping by one that is gone.
 */
export async function dropOldRootsCommand(
  config: Config,
  flags: Flags & { readonly yes?: boolean },
): Promise<void> {
  await refuseServer(settledPlace(config))
  await using keys = await openRing(config)
  const { ring } = keys
  const keyFile = requireFile(keys.keyFile)
  const lost = 'Backups of the database from before the keys were rewrapped cannot be opened afterwards.'
  await confirmName('drop', `${lost}\nType drop to go on: `, flags.yes === true)
  let rewrapped = 0
  for (let run = 1, count = ring ? 1 : 0; ring && count > 0; run += 1) {
    if (run > mostRuns)
      throw new CommandFailure(
        'Nothing was dropped: something still wraps with an older root key; stop every server, then run this again',
        exitCodes.unavailable,
      )
    count = (await rewrapping(flags, options => ring.rewrapRoot(options))).rewrapped
    rewrapped += count
  }
  await dropOldRootKeys(keyFile)
  process.stdout.write(
    flags.json
      ? `${printableJson({ keyFile, rewrapped })}\n`
      : `${keyFile} has the newest root key alone; ${rewrapped} keys of tenants were wrapped under it just now.\n`,
  )
}

/** @throws CommandFailure with exit code 6 where a server uses the store. */
async function refuseServer(place: Place): Promise<void> {
  try {
    await using _ = await openReader(place, true)
  } catch (error) {
    if (!(error instanceof KeelsonError) || error.code !== 'store_locked') throw error
    throw new CommandFailure(
      'A server uses the store: stop it first; those that are started afterwards know the newest key',
      exitCodes.unavailable,
      error,
    )
  }
}

/** @throws CommandFailure with exit code 2 where the root keys are in no file. */
function requireFile(keyFile: string | undefined): string {
  if (keyFile !== undefined) return keyFile
  throw new CommandFailure(
    'The root key is in no file: a key vault rotates it itself, and in KEELSON_MASTER_KEY a new key goes before the old one',
    exitCodes.usage,
  )
}

async function rewrapping<Result>(
  { json = false, quiet = false }: Flags,
  work: (options: RewrapOptions) => Promise<Result>,
): Promise<Result> {
  const progress = new Progress(undefined, quiet || json, 'events')
  return interruptible('Stopped; the same command goes on from here', signal =>
    work({ signal, onProgress: ({ rewrapped }) => progress.update(rewrapped, 'wrapping keys') }),
  ).finally(() => progress.end())
}
