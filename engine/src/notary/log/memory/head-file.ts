import { randomBytes } from 'node:crypto'
import { mkdir, open, readFile, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { HeadMemory, RememberedHead } from './port.ts'

/** `TENANT+KEYID SIZE ROOT` */
const linePattern = /^([^\s+]{1,200}\+[0-9a-f]{8}) (0|[1-9]\d{0,15}) ([A-Za-z0-9+/]{43}=)$/

/**
 * Remembers heads in a text file, one log a line. Written anew as a whole, so that it is never half; of several processes that
 * write it each puts in what it knows.
 */
export const createHeadFile = (path: string): HeadMemory => ({
  load: () => read(path),
  async save(heads, gone) {
    const { heads: known } = await read(path)
    const all = new Map([...known].filter(([id]) => !gone(id)))
    for (const [id, head] of heads) if ((all.get(id)?.size ?? -1) < head.size) all.set(id, head)
    await replace(path, [...all].map(([id, { size, root }]) => `${id} ${size} ${root}\n`).sort())
  },
})

async function read(path: string): ReturnType<HeadMemory['load']> {
  const text = await readFile(path, 'utf8').catch(error => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return ''
    throw error
  })
  const heads = new Map<string, RememberedHead>()
  let faults = 0
  for (const line of text.split('\n')) {
    if (line === '') continue
    const [, id, size, root] = linePattern.exec(line) ?? []
    if (id === undefined || root === undefined) faults += 1
    else heads.set(id, { size: Number(size), root })
  }
  return { heads, faults }
}

async function replace(path: string, lines: readonly string[]): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  const draft = `${path}.${randomBytes(6).toString('hex')}.new`
  try {
    const file = await open(draft, 'wx', 0o600)
    try {
      await file.writeFile(lines.join(''))
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(draft, path)
  } finally {
    await rm(draft, { force: true })
  }
}
