import { hash, randomBytes } from 'node:crypto'
import { mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { TreeHead } from '../../proof/index.ts'
import { emptyRoot, hashText, parseCheckpoint, parseNote } from '../../proof/index.ts'

const mostEvidence = 1_000

/**
 * The newest checkpoint of each log that a witness has signed, a file for each, named by the hash of the origin. A file
 * is written beside its place, flushed, and moved there, so that a crash leaves the old one or the new one.
 */
export class WitnessState {
  readonly #folder: string

  constructor(folder: string) {
    this.#folder = folder
  }

  /** @throws TypeError where the file was damaged: a witness that has forgotten what it saw may not sign. */
  async read(origin: string): Promise<TreeHead> {
    const text = await readIfThere(this.#path(origin))
    if (text === undefined) return { size: 0, root: emptyRoot }
    const { origin: found, size, root } = parseCheckpoint(parseNote(text).text)
    if (found !== origin) throw new TypeError(`The kept checkpoint is one of ${found.slice(0, 100)}`)
    return { size, root }
  }

  /** Durable when it resolves. */
  async write(origin: string, note: string): Promise<void> {
    await mkdir(join(this.#folder, 'log'), { recursive: true, mode: 0o700 })
    await writeDurably(this.#path(origin), note)
  }

  /** Keeps a checkpoint that contradicts another one: both together prove a fork. */
  async keepEvidence(origin: string, note: string): Promise<void> {
    const folder = join(this.#folder, 'evidence')
    await mkdir(folder, { recursive: true, mode: 0o700 })
    const { size, root } = parseCheckpoint(parseNote(note).text)
    if ((await readdir(folder)).length >= mostEvidence) return
    await writeDurably(join(folder, `${nameOf(origin)}-${size}-${hashText(root, 'hex').slice(0, 16)}`), note)
  }

  #path(origin: string): string {
    return join(this.#folder, 'log', nameOf(origin))
  }
}

const nameOf = (origin: string): string => hash('sha256', origin, 'hex').slice(0, 32)

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if ((error as { code?: string }).code === 'ENOENT') return undefined
    throw error
  }
}

/** For its owner alone; the folder is flushed too, or the new name could be lost. */
export async function writeDurably(path: string, text: string): Promise<void> {
  const beside = `${path}.${randomBytes(6).toString('hex')}`
  try {
    const file = await open(beside, 'wx', 0o600)
    try {
      await file.writeFile(text)
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(beside, path)
  } catch (error) {
    await rm(beside, { force: true })
    throw error
  }
  const folder = await open(join(path, '..'), 'r')
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}

/** Whether others than the owner may read a file. */
export const isOpenToOthers = async (path: string): Promise<boolean> =>
  process.platform !== 'win32' && ((await stat(path)).mode & 0o077) !== 0
