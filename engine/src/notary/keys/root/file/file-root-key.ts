import { randomFillSync } from 'node:crypto'
import type { RandomFill } from '../../../../core/index.ts'
import { KeelsonError } from '../../../../core/index.ts'
import type { RootKey } from '../../port.ts'
import { AesRootKey } from './aes-root-key.ts'
import { createKeyFile, parseKeys, readKeyFile } from './key-file.ts'

export interface FileRootKeyOptions {
  readonly path: string
  /** Makes the file where there is none; to be true only where the store has no keys yet (`hasKeys`). */
  readonly create: boolean
  /** Allows a file that others than its owner can read, as mounted secrets are; default false. */
  readonly isShared?: boolean
  readonly random?: RandomFill
}

/**
 * A root key in a file of its owner: the first of its keys wraps, all of them unwrap. A file that was changed since is
 * read again when a text is by a key that is not known.
 *
 * @throws KeelsonError `key_ring_lost`, `key_file_exposed`, `key_file_invalid`, `key_ring_locked`.
 */
export async function openFileRootKey(options: FileRootKeyOptions): Promise<RootKey> {
  const { path, create, isShared = false, random = randomFillSync } = options
  const read = () => readKeyFile(path, isShared)
  const isLost = (error: unknown) => error instanceof KeelsonError && error.code === 'key_ring_lost'
  const keys = await read().catch(async error => {
    if (!create || !isLost(error)) throw error
    await createKeyFile(path, random)
    return read()
  })
  return new AesRootKey(`the key file ${path}`, keys, random, read)
}

/** A root key from a text that the caller has, such as one of the environment: keys as in a file. */
export function createTextRootKey(text: string, random: RandomFill = randomFillSync): RootKey {
  return new AesRootKey('the key given', parseKeys(text, 'The key given'), random, undefined)
}
