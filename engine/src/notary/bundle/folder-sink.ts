import { createWriteStream } from 'node:fs'
import { mkdir, open, readdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { KeelsonError } from '../../core/index.ts'
import type { BundleSink } from './bundle-sink.ts'
import { checkPlainName } from './bundle-sink.ts'

/**
 * Files in a folder that is new or empty, readable by their owner only; each is on disk when its write resolves, and
 * its name when the sink has ended.
 *
 * @throws KeelsonError `file_exists` where the folder has something in it.
 */
export async function createFolderSink(folder: string): Promise<BundleSink> {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  if ((await readdir(folder)).length > 0)
    throw new KeelsonError('file_exists', `The folder ${folder} is not empty: a bundle needs one of its own`)
  const folders = new Set([folder])
  return {
    async write(name, chunks) {
      checkPlainName(name)
      const path = join(folder, name)
      await mkdir(dirname(path), { recursive: true, mode: 0o700 })
      for (let above = dirname(path); !folders.has(above); above = dirname(above)) folders.add(above)
      try {
        // Without object mode off, chunks are handed on as they come.
        await pipeline(
          Readable.from(chunks, { objectMode: true }),
          createWriteStream(path, { flags: 'wx', mode: 0o600, flush: true }),
        )
      } catch (error) {
        if ((error as { code?: string }).code !== 'EEXIST') throw error
        throw new KeelsonError('file_exists', `The bundle has two files of the name ${name}`, {}, error)
      }
    },
    async end() {
      for (const one of folders) await syncFolder(one)
    },
  }
}

async function syncFolder(path: string): Promise<void> {
  await using folder = await open(path, 'r')
  await folder.sync()
}
