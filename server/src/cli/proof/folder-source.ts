import { createReadStream } from 'node:fs'
import { opendir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { BundleSource } from 'keelson/proof'

const chunkLength = 256 * 1024

/** A bundle that lies in a folder. Links are not followed: what they lead to is no part of it. */
export function folderSource(folder: string): BundleSource {
  return {
    files: () => filesBelow(folder, ''),
    read: name => createReadStream(join(folder, name), { highWaterMark: chunkLength }),
    async size(name) {
      const found = await stat(join(folder, name)).catch(() => undefined)
      return found?.isFile() ? found.size : undefined
    },
  }
}

async function* filesBelow(folder: string, before: string): AsyncGenerator<string> {
  for await (const entry of await opendir(join(folder, before))) {
    const name = before === '' ? entry.name : `${before}/${entry.name}`
    if (entry.isDirectory()) yield* filesBelow(folder, name)
    else if (entry.isFile()) yield name
    else throw new Error(`${name} is no regular file`)
  }
}
