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
  async load() {
    const { heads, garbled } = await read(path)
    return { heads, faults: garbled.length }
  },
  async save(heads, gone) {
    const { heads: known, garbled } = await read(path)
    const all = new Map([...known].filter(([id]) => !gone(id)))
    for (const [id, head] of heads) if ((all.get(id)?.size ?? -1) < head.size) all.set(id, head)
    const lines = [...all].map(([id, { size, root }]) => `${id} ${size} ${root}\n`).sort()
    // What nobody understands stays to be looked at, and is told of at each start.
    await replace(path, [...lines, ...garbled.map(line => `${line}\n`)])
  },
})

interface HeadLines {
  readonly heads: ReadonlyMap<string, RememberedHead>
  /** Lines that cannot be understood. */
  readonly garbled: readonly string[]
}

async function read(path: string): Promise<HeadLines> {
  const text = await readFile(path, 'utf8').catch(error => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return ''
    throw error
  })
  const heads = new Map<string, RememberedHead>()
  const garbled: string[] = []
  for (const line of text.split('\n')) {
    if (line === '') continue
    const [, id, size, root] = linePattern.exec(line) ?? []
    if (id === undefined || root === undefined) garbled.push(line)
    else heads.set(id, { size: Number(size), root })
  }
  return { heads, garbled }
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
