import { KeelsonError } from '../../core/index.ts'

/** Bytes of a block: headers are one, and contents are filled up to whole ones. */
export const blockLength = 512

/** What the header of a regular file says (POSIX.1-1988 ustar). */
export interface TarEntry {
  readonly name: string
  /** Bytes. */
  readonly size: number
}

/** An entry as it is read. */
export interface ReadEntry extends TarEntry {
  /** False for what an archiver says of the archive itself. */
  readonly isFile: boolean
}

/** Where each field stands, and its bytes. */
const fields = {
  name: [0, 100],
  mode: [100, 8],
  owner: [108, 8],
  group: [116, 8],
  size: [124, 12],
  time: [136, 12],
  sum: [148, 8],
  type: [156, 1],
  magic: [257, 8],
  prefix: [345, 155],
} as const

type Field = keyof typeof fields

const regular = '0'
/** A global header of pax (POSIX.1-2001): records that concern no file. */
const global = 'g'
const largestOctal = 8 ** 11 - 1

/** @throws KeelsonError `bundle_damaged` for a name that the form cannot hold. */
export function tarHeader({ name, size }: TarEntry, type: typeof regular | typeof global = regular): Buffer {
  const block = Buffer.alloc(blockLength)
  const put = (field: Field, text: string) => block.write(text, fields[field][0], 'latin1')
  const { prefix, rest } = splitName(name)
  put('name', rest)
  put('prefix', prefix)
  put('mode', '0000600\0')
  put('owner', '0000000\0')
  put('group', '0000000\0')
  put('time', '00000000000\0')
  put('type', type)
  put('magic', 'ustar\x0000')
  if (size <= largestOctal) put('size', `${size.toString(8).padStart(11, '0')}\0`)
  else {
    // As GNU and star write what octal digits cannot say: the first bit, and then the number.
    block.writeUInt8(0x80, fields.size[0])
    block.writeBigUInt64BE(BigInt(size), fields.size[0] + 4)
  }
  put('sum', `${sumOf(block).toString(8).padStart(6, '0')}\0 `)
  return block
}

/** An entry that says nothing: every reader passes over it, and a connection is not taken to be dead. */
export function tarSign(): Buffer {
  const comment = '22 comment=still here\n'
  const block = Buffer.alloc(blockLength)
  block.write(comment, 'latin1')
  return Buffer.concat([tarHeader({ name: 'pax_global_header', size: comment.length }, global), block])
}

/** Undefined for a block of zeros, which ends the archive. @throws KeelsonError `bundle_damaged` for anything but a file. */
export function parseTarHeader(block: Buffer): ReadEntry | undefined {
  if (block.every(byte => byte === 0)) return undefined
  const text = (field: Field): string => {
    const [from, length] = fields[field]
    const found = block.toString('latin1', from, from + length)
    const end = found.indexOf('\0')
    return end < 0 ? found : found.slice(0, end)
  }
  const isWhole = Number.parseInt(text('sum'), 8) === sumOf(block) && text('magic') === 'ustar'
  const type = text('type')
  if (!isWhole || (type !== regular && type !== global)) throw damaged('has an entry that is no file')
  const prefix = text('prefix')
  return {
    isFile: type === regular,
    name: prefix === '' ? text('name') : `${prefix}/${text('name')}`,
    size: readSize(block, text('size')),
  }
}

function readSize(block: Buffer, octal: string): number {
  const [from] = fields.size
  const size = block[from] === 0x80 ? Number(block.readBigUInt64BE(from + 4)) : Number.parseInt(octal, 8)
  if (!Number.isSafeInteger(size) || size < 0) throw damaged('has a file of no size')
  return size
}

/** The sum of all bytes, those of the field itself counted as spaces. */
function sumOf(block: Buffer): number {
  const [from, length] = fields.sum
  let sum = length * 0x20
  for (const [at, byte] of block.entries()) if (at < from || at >= from + length) sum += byte
  return sum
}

function splitName(name: string): { prefix: string; rest: string } {
  const [, most] = fields.name
  if (name.length <= most) return { prefix: '', rest: name }
  const at = name.indexOf('/', name.length - most - 1)
  if (at < 0 || at > fields.prefix[1]) throw damaged('has a name that is too long')
  return { prefix: name.slice(0, at), rest: name.slice(at + 1) }
}

export const damaged = (what: string): KeelsonError =>
  new KeelsonError('bundle_damaged', `The archive ${what}`)
