import { KeelsonError } from '../../core/index.ts'

/** Where the files of a bundle go, one after the other. */
export interface BundleSink {
  /**
   * Takes a whole file; `name` is a path of plain parts with `/` between them, given once.
   * @throws KeelsonError `file_exists` for a name that was given before.
   */
  write(name: string, chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<void>
  /** To be called when all files are there: makes what was written durable, or says that no more will come. */
  end(): Promise<void>
}

const longestName = 255

/** Parts that are neither `.` nor `..`, of characters that mean nothing anywhere. */
const plainName = /^(?!\.{1,2}(?:\/|$))[\w.-]+(?:\/(?!\.{1,2}(?:\/|$))[\w.-]+)*$/

export const isPlainName = (name: string): boolean => name.length <= longestName && plainName.test(name)

/** @throws KeelsonError `bundle_damaged` for a name that could lead out of the bundle. */
export function checkPlainName(name: string): void {
  if (!isPlainName(name))
    throw new KeelsonError('bundle_damaged', `"${name.slice(0, 100)}" cannot be a file of a bundle`)
}
