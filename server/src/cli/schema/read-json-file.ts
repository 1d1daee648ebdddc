import { readFileSync, statSync } from 'node:fs'
import type { JsonValue } from 'keelson'
import { parseJson } from 'keelson'
import { CommandFailure, exitCodes } from '../exit-code.ts'

const maxBytes = 64 * 1024 * 1024

/** What a JSON file has in it. @throws CommandFailure with exit code 2 where it cannot be read, or is not JSON. */
export function readJsonFile(path: string): JsonValue {
  let text: string
  try {
    if (statSync(path).size > maxBytes) throw new Error('it is larger than 64 MiB')
    text = readFileSync(path, 'utf8')
  } catch (error) {
    const { code, message } = error as { code?: string; message: string }
    const why = code === 'ENOENT' ? 'there is no such file' : code === 'EISDIR' ? 'it is a folder' : message
    throw new CommandFailure(`${path} cannot be read: ${why}`, exitCodes.usage, error)
  }
  try {
    return parseJson(text, 256)
  } catch (error) {
    throw new CommandFailure(`${path} is not JSON: ${(error as Error).message}`, exitCodes.usage, error)
  }
}
