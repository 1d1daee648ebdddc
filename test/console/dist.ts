import { existsSync } from 'node:fs'
import { glob, rename, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { run } from '../../scripts/build.ts'
import { removeFolder, scratchFolder } from '../process/keelson.ts'

const folder = join(import.meta.dirname, '../../console')
const dist = join(folder, 'dist')
const sources = ['src/**', 'public/**', 'index.html', 'vite.config.ts', 'package.json']

/** Builds the console where it was not built, or before its sources were changed. */
export async function ensureConsole(): Promise<void> {
  if (existsSync(join(dist, 'index.html')) && (await builtAt()) >= (await changedAt())) return
  const scratch = await scratchFolder('console-dist')
  const fresh = join(scratch, 'fresh')
  await run('vite', ['build', '--logLevel', 'warn', '--outDir', fresh, '--emptyOutDir'], {
    folder,
    // A test runner's own value would build React for development.
    environment: { NODE_ENV: 'production' },
  })
  // Exchanged at once, so that nobody finds half of it.
  if (existsSync(dist)) await rename(dist, join(scratch, 'old'))
  await rename(fresh, dist)
  await removeFolder(scratch)
}

const builtAt = async (): Promise<number> => (await stat(join(dist, 'index.html'))).mtimeMs

async function changedAt(): Promise<number> {
  let newest = 0
  for await (const file of glob(sources, { cwd: folder, exclude: ['**/*.test.ts'] })) {
    const { mtimeMs } = await stat(join(folder, file))
    newest = Math.max(newest, mtimeMs)
  }
  return newest
}
