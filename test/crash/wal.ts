/** How far a write-ahead log of SQLite reaches (https://sqlite.org/fileformat2.html, section 4). */
export interface WalExtent {
  /** Names the generation: a log that is begun anew has another. */
  readonly salt: string
  /** Offset behind the last frame that belongs to it. */
  readonly end: number
  readonly frameBytes: number
}

const headerBytes = 32
const frameHeaderBytes = 24

/** Reads frames as long as they carry the salts of the header; what follows is left from a generation before. */
export function walExtent(wal: Buffer): WalExtent {
  const pageBytes = wal.readUInt32BE(8)
  const salt = wal.toString('hex', 16, 24)
  const frameBytes = frameHeaderBytes + pageBytes
  let end = headerBytes
  while (end + frameBytes <= wal.length && wal.toString('hex', end + 8, end + 16) === salt) end += frameBytes
  return { salt, end, frameBytes }
}

/** What a crash or a bad disk can leave of a log: all before `offset`, and then this. */
export const damages = {
  'is cut off': (wal: Buffer, offset: number): Buffer => wal.subarray(0, offset),
  'is zero': (wal: Buffer, offset: number): Buffer => Buffer.from(wal).fill(0, offset),
  'has one wrong byte': (wal: Buffer, offset: number): Buffer => {
    const copy = Buffer.from(wal)
    copy[offset] = (copy[offset] as number) ^ 0x5a
    return copy
  },
} as const satisfies Readonly<Record<string, (wal: Buffer, offset: number) => Buffer>>
