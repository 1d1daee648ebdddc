import { randomBytes } from 'node:crypto'
import { appendFile, mkdir, open, readFile, rename, rm } from 'node:fs/promises'
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
    // What nobody understands stays until somebody has it put aside.
    await replace(path, [...linesOf(all), ...garbled.map(line => `${line}\n`)])
  },
})

/** Where the lines of a head file are put that cannot be understood, each time under the time of it. */
export const damagedHeads = (path: string): string => `${path}.damaged`

/**
 * Puts the lines of a head file aside that cannot be understood, for somebody who has looked at them: the logs that they may
 * be of are signed again, held to what else is remembered of them. Gives how many there were.
 */
export async function acceptHeads(path: string, at: Date): Promise<number> {
  const { heads, garbled } = await read(path)
  if (garbled.length === 0) return 0
  const aside = [`# ${at.toISOString()}, lines: ${garbled.length}`, ...garbled].map(line => `${line}\n`)
  // Before they go: where it is cut off in between they are there twice.
  await appendFile(damagedHeads(path), aside.join(''), { mode: 0o600, flush: true })
  await replace(path, linesOf(heads))
  return garbled.length
}

interface HeadLines {
  readonly heads: ReadonlyMap<string, RememberedHead>
  /** Lines that cannot be understood. */
  readonly garbled: readonly string[]
}

const linesOf = (heads: ReadonlyMap<string, RememberedHead>): readonly string[] =>
  [...heads].map(([id, { size, root }]) => `${id} ${size} ${root}\n`).sort()

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
    const known = heads.get(id ?? '')
    // A line more must not make it forget what it knows; of two that say otherwise of one size nobody knows which is true.
    const isOther = known !== undefined && known.size === Number(size) && known.root !== root
    if (id === undefined || root === undefined || isOther) garbled.push(line)
    else if ((known?.size ?? -1) < Number(size)) heads.set(id, { size: Number(size), root })
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
