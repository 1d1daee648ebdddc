import { constants, copyFileSync, existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { keyFileName } from '../../start/open-keys.ts'
import type { Place } from './place.ts'

/** The file beside a database that wraps its keys; undefined where there is none. */
export function keyFileOf(place: Place): string | undefined {
  const path = place.kind === 'sqlite' ? join(dirname(place.path), keyFileName) : undefined
  return path !== undefined && existsSync(path) ? path : undefined
}

/**
 * Copies the key file of a data folder beside the database of another, which could not be read without it; one that is
 * there stays. Gives the copy.
 */
export function copyKeyFile(from: Place, to: Place): string | undefined {
  const source = keyFileOf(from)
  if (source === undefined || to.kind !== 'sqlite' || keyFileOf(to) !== undefined) return undefined
  const target = join(dirname(to.path), keyFileName)
  // With the rights of the original, which its owner alone can read.
  copyFileSync(source, target, constants.COPYFILE_EXCL)
  return target
}
