import { hash, randomUUID } from 'node:crypto'
import { link, mkdir, readdir, readFile, rename, rm, stat, unlink } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { KeelsonError } from '../../../core/index.ts'
import { blobExists, checkBlobName, checkBlobPrefix, checkBlobSize } from '../blob-name.ts'
import type { BlobEntry, BlobOptions, BlobStore } from '../port.ts'
import { codeOf, syncFolder, syncFolders, writeDurably } from './durable-file.ts'

/** Where files are until they are whole; no blob's name begins with a dot. */
const unfinishedFolder = '.unfinished'
/** A file that is unfinished for longer than this was left by a crash, in milliseconds. */
const leftAfter = 60 * 60 * 1000

/**
 * A blob store in a folder, which is made where it is missing: a file for each blob, for the owner alone (0600). The
 * folder may be shared by processes, and must lie on a file system that keeps what it says it has synchronised.
 */
export function createFileBlobStore(folder: string): BlobStore {
  return new FileBlobStore(resolve(folder))
}

class FileBlobStore implements BlobStore {
  readonly location: string
  readonly #folder: string
  #swept: Promise<void> | undefined

  constructor(folder: string) {
    this.#folder = folder
    this.location = folder
  }

  async put(name: string, bytes: Uint8Array, { signal }: BlobOptions = {}): Promise<void> {
    checkBlobName(name)
    checkBlobSize(name, bytes.byteLength)
    signal?.throwIfAborted()
    await failing(name, async () => {
      const path = this.#path(name)
      const unfinished = join(this.#folder, unfinishedFolder, `${partsOf(name)}${randomUUID()}`)
      await makeFolder(dirname(path))
      await makeFolder(dirname(unfinished))
      try {
        await writeDurably(unfinished, bytes)
        // What cannot be cleared away keeps nobody from writing; the next one tries again.
        this.#swept ??= sweep(unfinished).catch(() => {
          this.#swept = undefined
        })
        await this.#swept
        signal?.throwIfAborted()
        if (!(await place(unfinished, path)) && !(await hasContent(path, bytes))) throw blobExists(name)
        // Also where blob or folder were there already: who made them may have crashed before this.
        await syncFolders(this.#folder, dirname(path))
      } finally {
        await rm(unfinished, { force: true })
      }
    })
  }

  async get(name: string, { signal }: BlobOptions = {}): Promise<Uint8Array | undefined> {
    checkBlobName(name)
    signal?.throwIfAborted()
    return failing(name, async () => {
      try {
        const found = await stat(this.#path(name))
        if (!found.isFile()) return undefined
        checkBlobSize(name, found.size)
        return await readFile(this.#path(name), signal && { signal })
      } catch (error) {
        if (isAbsence(error)) return undefined
        throw error
      }
    })
  }

  async *list(prefix: string, { signal }: BlobOptions = {}): AsyncGenerator<BlobEntry> {
    checkBlobPrefix(prefix)
    const folder = prefix.slice(0, prefix.lastIndexOf('/') + 1)
    yield* this.#walk(folder, prefix, signal)
  }

  async delete(name: string, { signal }: BlobOptions = {}): Promise<void> {
    checkBlobName(name)
    signal?.throwIfAborted()
    await failing(name, async () => {
      try {
        await unlink(this.#path(name))
        await syncFolder(dirname(this.#path(name)))
      } catch (error) {
        if (!isAbsence(error)) throw error
      }
      // Also what a crash has left of it: whoever deletes a blob wants its content gone.
      const unfinished = join(this.#folder, unfinishedFolder)
      for (const part of await listFolder(unfinished))
        if (part.name.startsWith(partsOf(name))) await rm(join(unfinished, part.name), { force: true })
    })
  }

  /** The blobs below a folder, whose name is empty or ends in `/`. */
  async *#walk(folder: string, prefix: string, signal: AbortSignal | undefined): AsyncGenerator<BlobEntry> {
    signal?.throwIfAborted()
    const entries = await failing(folder, () => listFolder(this.#path(folder)))
    for (const entry of entries) {
      const name = folder + entry.name
      if (entry.name.startsWith('.')) continue
      if (entry.isDirectory()) {
        const isWanted = name.startsWith(prefix) || prefix.startsWith(`${name}/`)
        if (isWanted) yield* this.#walk(`${name}/`, prefix, signal)
      } else if (name.startsWith(prefix)) {
        const size = await failing(name, () => sizeOf(this.#path(name)))
        if (size !== undefined) yield { name, size }
      }
    }
  }

  #path(name: string): string {
    return join(this.#folder, ...name.split('/'))
  }
}

/** What the names of a blob's unfinished files begin with. */
const partsOf = (name: string): string => `${hash('sha256', name).slice(0, 32)}-`

async function makeFolder(folder: string): Promise<void> {
  const first = await mkdir(folder, { recursive: true, mode: 0o700 })
  if (first !== undefined) await syncFolders(dirname(first), folder)
}

/** Gives the file its name; false where the name is taken. */
async function place(unfinished: string, path: string): Promise<boolean> {
  try {
    await link(unfinished, path)
    return true
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false
    if (!['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS'].includes(codeOf(error) ?? '')) throw error
  }
  // A file system without links: two writers of other content at the very same moment are not told apart here.
  if ((await sizeOf(path)) !== undefined) return false
  await rename(unfinished, path)
  return true
}

async function hasContent(path: string, bytes: Uint8Array): Promise<boolean> {
  if ((await stat(path)).size !== bytes.byteLength) return false
  return Buffer.compare(await readFile(path), bytes) === 0
}

/** Removes what crashes have left beside this file that was just written. */
async function sweep(unfinished: string): Promise<void> {
  const { mtimeMs } = await stat(unfinished)
  for (const entry of await listFolder(dirname(unfinished))) {
    const path = join(dirname(unfinished), entry.name)
    const left = await stat(path).catch(() => undefined)
    if (left && left.mtimeMs < mtimeMs - leftAfter) await rm(path, { force: true })
  }
}

async function listFolder(path: string) {
  try {
    return await readdir(path, { withFileTypes: true })
  } catch (error) {
    if (isAbsence(error)) return []
    throw error
  }
}

async function sizeOf(path: string): Promise<number | undefined> {
  try {
    return (await stat(path)).size
  } catch (error) {
    if (isAbsence(error)) return undefined
    throw error
  }
}

const isAbsence = (error: unknown): boolean => ['ENOENT', 'ENOTDIR'].includes(codeOf(error) ?? '')

/** Turns a failure of the file system into an error that names the blob. */
async function failing<T>(name: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    const code = codeOf(error)
    if (error instanceof KeelsonError || code === undefined || code === 'ABORT_ERR') throw error
    throw new KeelsonError('blob_failed', `The blob "${name}" failed: ${code}`, { blob: name }, error)
  }
}
