import { lstat, readdir, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'

/** Milliseconds without a write after which nobody writes a part any more; one that is written grows all the time. */
const longestPause = 10 * 60_000

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/**
 * Removes what exports to this name left that were killed: `<output>.part-<uuid>`, a file that was not written to for
 * ten minutes. Gives the names of those that are gone.
 */
export async function removeLeftParts(output: string, now: number): Promise<readonly string[]> {
  const start = `${basename(output)}.part-`
  const removed: string[] = []
  for (const name of await readdir(dirname(output))) {
    if (!name.startsWith(start) || !uuid.test(name.slice(start.length))) continue
    const file = join(dirname(output), name)
    try {
      const stats = await lstat(file)
      if (!stats.isFile() || now - stats.mtimeMs < longestPause) continue
      await rm(file)
      removed.push(name)
    } catch {
      // Somebody else was faster, or it is not ours to remove: the export goes on without it.
    }
  }
  return removed
}
