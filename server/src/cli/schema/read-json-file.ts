import { closeSync, openSync, readSync } from 'node:fs'
import type { JsonValue } from 'keelson'
import { parseJson } from 'keelson'
import { CommandFailure, exitCodes } from '../exit-code.ts'

const kibibyte = 1024
const mebibyte = 1024 * kibibyte
const chunkBytes = 64 * kibibyte

/**
 * What a JSON file of at most 64 MiB has in it. @throws CommandFailure with exit code 2 where it cannot be read, or is
 * not JSON.
 */
export function readJsonFile(path: string): JsonValue {
  return parseJsonFile(path, readTextFile(path, 64 * mebibyte))
}

/** @throws CommandFailure with exit code 2 where the text is not JSON. */
export function parseJsonFile(path: string, text: string): JsonValue {
  try {
    return parseJson(text, 256)
  } catch (error) {
    throw new CommandFailure(`${path} is not JSON: ${(error as Error).message}`, exitCodes.usage, error)
  }
}

/** Text of a file, a pipe or a device. @throws CommandFailure with exit code 2 where it has more bytes, or none to read. */
export function readTextFile(path: string, maxBytes: number): string {
  try {
    return readBounded(path, maxBytes)
  } catch (error) {
    const { code, message } = error as { code?: string; message: string }
    const why = code === 'ENOENT' ? 'there is no such file' : code === 'EISDIR' ? 'it is a folder' : message
    throw new CommandFailure(`${path} cannot be read: ${why}`, exitCodes.usage, error)
  }
}

/** The size that the file system tells is not asked for: a device has none, and a file may grow meanwhile. */
function readBounded(path: string, maxBytes: number): string {
  const file = openSync(path, 'r')
  try {
    const chunks: Buffer[] = []
    let size = 0
    for (;;) {
      const chunk = Buffer.alloc(chunkBytes)
      const read = readSync(file, chunk, 0, chunkBytes, null)
      if (read === 0) return Buffer.concat(chunks).toString('utf8')
      size += read
      if (size > maxBytes) throw new Error(`it is larger than ${sizeInWords(maxBytes)}`)
      chunks.push(chunk.subarray(0, read))
    }
  } finally {
    closeSync(file)
  }
}

const sizeInWords = (bytes: number): string =>
  bytes >= mebibyte ? `${bytes / mebibyte} MiB` : `${bytes / kibibyte} KiB`
