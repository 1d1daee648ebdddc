import { randomBytes, randomFillSync } from 'node:crypto'
import { chmod, link, mkdir, open, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { RandomFill } from '../../../../core/index.ts'
import { KeelsonError } from '../../../../core/index.ts'
import { secretLength } from '../../tenant/tenant-keys.ts'

const maxBytes = 64 * 1024
const maxKeys = 100
const othersBits = 0o077

/** The keys of a text: one a line, or parted by commas, each base64 of 32 bytes; `#` begins a comment. */
export function parseKeys(text: string, where: string): readonly Uint8Array[] {
  const lines = text.split(/[\n,]/).map(line => line.replace(/#.*$/, '').trim())
  const keys = lines.flatMap((line, at) => (line === '' ? [] : [keyOf(line, `${where}, line ${at + 1}`)]))
  if (keys.length === 0) throw invalid(`${where} has no key`)
  if (keys.length > maxKeys) throw invalid(`${where} has more than ${maxKeys} keys`)
  const distinct = new Set(keys.map(key => Buffer.from(key).toString('base64')))
  if (distinct.size < keys.length) throw invalid(`${where} has the same key twice`)
  return keys
}

function keyOf(line: string, where: string): Uint8Array {
  const bytes = Buffer.from(line, 'base64')
  const isWhole = bytes.length === secretLength && bytes.toString('base64') === line
  // The line is a secret, or nearly one: it is not shown.
  if (!isWhole) throw invalid(`${where} is not base64 of ${secretLength} bytes`)
  const key = Uint8Array.from(bytes)
  bytes.fill(0)
  return key
}

/**
 * Reads a key file.
 *
 * @throws KeelsonError `key_ring_lost` where there is none, `key_file_exposed` where others than the owner can read it
 * (POSIX) and that is not allowed, `key_file_invalid`, `key_ring_locked` where the system refuses to read it.
 */
export async function readKeyFile(path: string, isShared: boolean): Promise<readonly Uint8Array[]> {
  const file = await reading(path, () => open(path, 'r'))
  try {
    const { mode, size } = await reading(path, () => file.stat())
    if (process.platform !== 'win32' && !isShared && (mode & othersBits) !== 0)
      throw exposed(path, mode & 0o777)
    if (size > maxBytes) throw invalid(`The key file ${path} has more than ${maxBytes} bytes`)
    const bytes = await reading(path, () => file.readFile())
    const keys = parseKeys(bytes.toString('utf8'), `The key file ${path}`)
    bytes.fill(0)
    return keys
  } finally {
    await file.close()
  }
}

/** Makes a key file with one new key, if there is none: of several that try one is first, and all read the same. */
export async function createKeyFile(path: string, random: RandomFill = randomFillSync): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  const draft = await writeDraft(path, [newLine(random)])
  try {
    await link(draft, path)
    await syncFolder(dirname(path))
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error
  } finally {
    await rm(draft, { force: true })
  }
}

/** Adds a new key that wraps from now on; those before it still open what they wrapped. Then rewrap the root. */
export async function addRootKey(
  path: string,
  { isShared = false, random = randomFillSync }: { isShared?: boolean; random?: RandomFill } = {},
): Promise<void> {
  const keys = await readKeyFile(path, isShared)
  await replace(path, [newLine(random), ...keys.map(lineOf)])
}

/** Keeps the newest key alone: only when all is wrapped by it, or what the others wrapped is lost. */
export async function dropOldRootKeys(path: string, { isShared = false } = {}): Promise<void> {
  const [newest] = await readKeyFile(path, isShared)
  await replace(path, [lineOf(newest as Uint8Array)])
}

async function replace(path: string, lines: readonly string[]): Promise<void> {
  const draft = await writeDraft(path, lines)
  try {
    await rename(draft, path)
    await syncFolder(dirname(path))
  } finally {
    await rm(draft, { force: true })
  }
}

/** A file beside the path, for its owner only and on the disk when this resolves. */
async function writeDraft(path: string, lines: readonly string[]): Promise<string> {
  const draft = `${path}.${randomBytes(6).toString('hex')}.new`
  const file = await open(draft, 'wx', 0o600)
  try {
    // Whatever mask the process has.
    if (process.platform !== 'win32') await chmod(draft, 0o600)
    await file.writeFile(lines.join(''))
    await file.sync()
  } finally {
    await file.close()
  }
  return draft
}

function newLine(random: RandomFill): string {
  const key = new Uint8Array(secretLength)
  random(key)
  return lineOf(key)
}

const lineOf = (key: Uint8Array): string => `${Buffer.from(key).toString('base64')}\n`

async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

const codeOf = (error: unknown): string | undefined => (error as { code?: string }).code

async function reading<Result>(path: string, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work()
  } catch (error) {
    const code = codeOf(error)
    if (code === 'ENOENT' || code === 'ENOTDIR')
      throw new KeelsonError('key_ring_lost', `There is no key file ${path}`, { path }, error)
    if (code === 'EISDIR') throw invalid(`The key file ${path} is a folder`)
    const message = `The key file ${path} cannot be read: ${code ?? 'unknown reason'}`
    throw new KeelsonError('key_ring_locked', message, { path }, error)
  }
}

function exposed(path: string, mode: number): KeelsonError {
  const message = `The key file ${path} can be read by others (mode ${mode.toString(8)}): run chmod 600 on it`
  return new KeelsonError('key_file_exposed', message, { path, mode })
}

const invalid = (message: string): KeelsonError => new KeelsonError('key_file_invalid', message)
