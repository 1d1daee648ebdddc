import { randomUUID } from 'node:crypto'
import { readlinkSync } from 'node:fs'
import { lstat, mkdir, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { basename, dirname, join } from 'node:path'
import type { JsonValue } from 'keelson'
import { isJsonObject } from 'keelson'

/** Milliseconds without a sign after which nobody writes a part any more, wherever that was. */
const longestPause = 10 * 60_000
const signEvery = 10_000

const format = 'keelson-export-part@1'
const markName = 'keelson-export-part.json'
const bundleName = 'bundle'
const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/** A folder beside the output, in which a bundle is made. */
export interface ExportPart {
  /** Where the files of the bundle go; does not exist yet. */
  readonly bundle: string
  /** Removes what is left of it; until then its mark is signed again and again, also while nothing comes. */
  remove(): Promise<void>
}

/** Begins `<output>.part-<uuid>`, whose mark says whose it is; the bundle is beside the mark, so that it never has it. */
export async function beginPart(output: string, now: () => number): Promise<ExportPart> {
  const id = randomUUID()
  const folder = `${output}.part-${id}`
  const mark = join(folder, markName)
  await mkdir(folder, { mode: 0o700 })
  const text = JSON.stringify({ format, id, output: basename(output), pid: process.pid, machine: machine() })
  await writeFile(mark, `${text}\n`, { flag: 'wx', mode: 0o600 })
  const signing = setInterval(() => {
    const at = new Date(now())
    // Without it somebody may take the part for left; the export itself needs none.
    utimes(mark, at, at).catch(() => undefined)
  }, signEvery)
  signing.unref()
  return {
    bundle: join(folder, bundleName),
    remove() {
      clearInterval(signing)
      return rm(folder, { recursive: true, force: true })
    },
  }
}

/**
 * Removes the parts of this output that an export has left which was killed: those that have its mark, and nothing beside
 * mark and bundle. Gives the names of those that are gone.
 */
export async function removeLeftFolders(output: string, now: number): Promise<readonly string[]> {
  const start = `${basename(output)}.part-`
  const removed: string[] = []
  for (const name of await readdir(dirname(output))) {
    if (!name.startsWith(start)) continue
    const folder = join(dirname(output), name)
    try {
      if (!(await isLeft(folder, { id: name.slice(start.length), output: basename(output) }, now))) continue
      await rm(folder, { recursive: true })
      removed.push(name)
    } catch {
      // Somebody else was faster, or it is not ours to remove: the export goes on without it.
    }
  }
  return removed
}

async function isLeft(
  folder: string,
  { id, output }: { readonly id: string; readonly output: string },
  now: number,
): Promise<boolean> {
  if (!uuid.test(id) || !(await lstat(folder)).isDirectory()) return false
  const names = await readdir(folder)
  if (!names.includes(markName) || names.some(name => name !== markName && name !== bundleName)) return false
  const file = join(folder, markName)
  const stats = await lstat(file)
  if (!stats.isFile()) return false
  const mark = JSON.parse(await readFile(file, 'utf8')) as JsonValue
  if (!isJsonObject(mark) || mark['format'] !== format || mark['id'] !== id || mark['output'] !== output)
    return false
  const isHere = mark['machine'] === machine() && Number.isSafeInteger(mark['pid'])
  return (isHere && isGone(Number(mark['pid']))) || now - stats.mtimeMs > longestPause
}

function isGone(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return false
  } catch (error) {
    return (error as { code?: string }).code === 'ESRCH'
  }
}

/** Where a process id means the same process: containers of one name have ids of their own. */
function machine(): string {
  try {
    return `${hostname()} ${readlinkSync('/proc/self/ns/pid')}`
  } catch {
    return hostname()
  }
}
