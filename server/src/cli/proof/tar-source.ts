import type { FileHandle } from 'node:fs/promises'
import type { BundleSource } from 'keelson/proof'

const blockLength = 512
const chunkLength = 256 * 1024
/** More entries than any bundle has; each is kept by its name and place. */
const mostEntries = 4_000_000

interface Place {
  readonly at: number
  readonly size: number
}

/**
 * A bundle in a tar (POSIX ustar, also as GNU tar writes it), read where it lies: its headers are gone through once,
 * and each file is then read at its place. A folder around the whole bundle is passed over.
 */
export function tarSource(file: FileHandle): BundleSource {
  let known: Promise<ReadonlyMap<string, Place>> | undefined
  const places = () => {
    known ??= placesIn(file)
    return known
  }
  return {
    async *files() {
      yield* (await places()).keys()
    },
    async *read(name) {
      const place = (await places()).get(name)
      if (place === undefined) throw new Error(`The archive has no ${name}`)
      for (let at = 0; at < place.size; at += chunkLength)
        yield await bytesAt(file, place.at + at, Math.min(chunkLength, place.size - at))
    },
    size: async name => (await places()).get(name)?.size,
  }
}

async function placesIn(file: FileHandle): Promise<ReadonlyMap<string, Place>> {
  const places = new Map<string, Place>()
  const { size: end } = await file.stat()
  for (let at = 0; at + blockLength <= end; ) {
    const header = await bytesAt(file, at, blockLength)
    if (header.every(byte => byte === 0)) break
    const { name, size, type } = readHeader(header)
    at += blockLength
    if (at + size > end) throw new Error(`The archive ends within ${name.slice(0, 100)}`)
    if (type === 'file') {
      if (places.has(name)) throw new Error(`The archive has ${name.slice(0, 100)} twice`)
      places.set(name, { at, size })
    }
    if (places.size > mostEntries) throw new Error('The archive has too many files')
    at += Math.ceil(size / blockLength) * blockLength
  }
  if (places.size === 0) throw new Error('It is no archive of files')
  return withoutFolder(places)
}

function withoutFolder(places: ReadonlyMap<string, Place>): ReadonlyMap<string, Place> {
  const heads = [...places.keys()].filter(name => /^[^/]+\/checkpoint$/.test(name))
  const [head = ''] = heads
  const folder = head.slice(0, head.indexOf('/') + 1)
  const isAround = heads.length === 1 && [...places.keys()].every(name => name.startsWith(folder))
  return isAround ? new Map([...places].map(([name, place]) => [name.slice(folder.length), place])) : places
}

interface Header {
  readonly name: string
  /** Bytes. */
  readonly size: number
  /** `other`: a folder, or what an archiver says of the next entry; neither is looked at. */
  readonly type: 'file' | 'other'
}

function readHeader(block: Buffer): Header {
  const text = (from: number, length: number): string => {
    const found = block.toString('latin1', from, from + length)
    const end = found.indexOf('\0')
    return end < 0 ? found : found.slice(0, end)
  }
  if (Number.parseInt(text(148, 8), 8) !== sumOf(block)) throw new Error('It is no archive, or a damaged one')
  const flag = text(156, 1)
  if (!['', '0', '5', 'x', 'g'].includes(flag)) throw new Error('The archive has an entry that is no file')
  const prefix = text(257, 5) === 'ustar' && text(263, 2) === '00' ? text(345, 155) : ''
  const name = `${prefix === '' ? '' : `${prefix}/`}${text(0, 100)}`.replace(/^(\.\/)+/, '')
  return { name, size: readSize(block, text(124, 12)), type: flag === '' || flag === '0' ? 'file' : 'other' }
}

/** Octal digits, or as GNU tar writes more than they can say. */
function readSize(block: Buffer, octal: string): number {
  const size = block[124] === 0x80 ? Number(block.readBigUInt64BE(128)) : Number.parseInt(octal, 8)
  if (!Number.isSafeInteger(size) || size < 0) throw new Error('The archive has a file of no size')
  return size
}

/** Of all bytes, those of the sum itself counted as spaces. */
function sumOf(block: Buffer): number {
  let sum = 8 * 0x20
  for (const [at, byte] of block.entries()) if (at < 148 || at >= 156) sum += byte
  return sum
}

async function bytesAt(file: FileHandle, at: number, length: number): Promise<Buffer> {
  const bytes = Buffer.alloc(length)
  for (let done = 0; done < length; ) {
    const { bytesRead } = await file.read(bytes, done, length - done, at + done)
    if (bytesRead === 0) throw new Error('The archive ends too early')
    done += bytesRead
  }
  return bytes
}
