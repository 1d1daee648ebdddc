import { existsSync } from 'node:fs'
import { readdir, rename, rmdir } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { systemClock } from 'keelson'
import type { UnpackedBundle } from 'keelson/notary'
import { createFolderSink, unpackBundle } from 'keelson/notary'
import { counted } from '../../api/counted.ts'
import { call } from '../client.ts'
import type { Connection } from '../connection.ts'
import { CommandFailure, exitCodes } from '../exit-code.ts'
import { interruptible } from '../operations/interrupt.ts'
import { Progress } from '../progress.ts'
import { beginPart, removeLeftFolders } from './export-part.ts'
import type { QuorumOfBundle } from './missing-witnesses.ts'
import { quorumOf, tellOfWaiting } from './missing-witnesses.ts'

export interface BundleFlags {
  readonly output: string
  readonly from?: string
  readonly to?: string
  readonly prev?: string
  readonly proof?: readonly string[]
  readonly personal?: boolean
  readonly quiet?: boolean
  readonly json?: boolean
}

/** Downloads the tenant's evidence into a folder of its own, which gets its name when the bundle is whole. */
export async function exportBundleCommand(connection: Connection, flags: BundleFlags): Promise<void> {
  const output = resolve(flags.output)
  await refuseTaken(output)
  for (const name of await removeLeftFolders(output, systemClock.now()))
    tell(`${name}: removed, it was left by an export that was cut off`)
  const progress = new Progress(undefined, flags.quiet === true || flags.json === true)
  const part = await beginPart(output, () => systemClock.now())
  try {
    const bundle = await interruptible('Stopped; there is no bundle', async signal => {
      const waiting = tellOfWaiting(connection, text => tell(`${flags.output}: ${text}`))
      const response = await call(connection, `/v1/log/bundle${toQuery(flags)}`, { signal }).finally(() =>
        waiting.end(),
      )
      const sink = await createFolderSink(part.bundle)
      const onProgress = (bytes: number, name: string) => progress.update(bytes, noteOf(name))
      return unpackBundle(bodyOf(response, connection, signal), sink, { onProgress, signal })
    }).finally(() => progress.end())
    await refuseTaken(output)
    const quorum = await quorumOf(part.bundle)
    if (existsSync(output)) await rmdir(output)
    await rename(part.bundle, output)
    print(flags, bundle, quorum)
  } finally {
    await part.remove()
  }
}

/** A network that fails midway looks like any other error of a stream. */
async function* bodyOf(
  response: Response,
  { url }: Connection,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) yield chunk
  } catch (error) {
    if (signal.aborted) throw error
    throw new CommandFailure(
      `${url} broke off: the bundle is not whole. Export it again; why it broke off is in the server's log`,
      exitCodes.unavailable,
      error,
    )
  }
}

async function refuseTaken(output: string): Promise<void> {
  const folder = dirname(output)
  if (!existsSync(folder)) throw new CommandFailure(`There is no folder ${folder}`, exitCodes.usage)
  const names = existsSync(output) ? await readdir(output).catch(() => ['']) : []
  if (names.length > 0)
    throw new CommandFailure(`${output} is not empty: a bundle needs a folder of its own`, exitCodes.conflict)
}

function toQuery({ from, to, prev, proof = [], personal }: BundleFlags): string {
  const query = new URLSearchParams()
  for (const [name, value] of Object.entries({ from, to, prev })) {
    if (value === undefined) continue
    if (!/^\d{1,15}$/.test(value))
      throw new CommandFailure(`--${name} takes a whole number from 0`, exitCodes.usage)
    query.set(name, value)
  }
  for (const eventId of proof) query.append('proof', eventId)
  if (personal === false) query.set('personal', 'hidden')
  return query.size === 0 ? '' : `?${query}`
}

/** Tiles are many: their names would flicker. */
const noteOf = (name: string): string => (name.startsWith('tile/') ? 'tiles' : name)

function print(
  { output, json }: BundleFlags,
  { origin, size, from, to, files, bytes }: UnpackedBundle,
  { hasQuorum, missing }: QuorumOfBundle,
): void {
  const found = { output, origin, size, from, to, files, bytes, hasQuorum }
  const leaves =
    from === 0 && to === size ? counted(size, 'leaf', 'leaves') : `leaves ${from} to ${to - 1} of ${size}`
  const text = `${output}: ${leaves} of ${origin}, in ${counted(files, 'file')}. Verify it with "keelson verify ${output}".`
  process.stdout.write(`${json ? JSON.stringify(found) : text}\n`)
  if (!hasQuorum)
    tell(
      `${output}: too few witnesses have signed its head (without ${missing.join(', ')}): it does not verify. Export it again once they have; "keelson log status" shows it`,
    )
}

/** Beside what the command gives. */
const tell = (text: string): void => void process.stderr.write(`${text}\n`)
