import { KeelsonError } from '../../core/index.ts'

export const maxBlobBytes = 64 * 1024 * 1024
const maxNameLength = 512

/**
 * Parts of a-z 0-9 . _ = - with `/` between them, each beginning with a letter, digit or `_` and not ending in a dot:
 * nothing that climbs out of a folder or hides in it, and one blob for one name on every file system.
 */
const namePattern = /^(?:[a-z0-9_](?:[a-z0-9._=-]{0,126}[a-z0-9_=-])?(?:\/|$))+(?<!\/)$/
const prefixPattern = /^(?!.*(?:\/|^)[./=-])(?!.*\.\/)[a-z0-9._=/-]*$/

/** @throws KeelsonError `blob_invalid` where this cannot be the name of a blob. */
export function checkBlobName(name: string): void {
  if (typeof name === 'string' && name.length <= maxNameLength && namePattern.test(name)) return
  throw new KeelsonError(
    'blob_invalid',
    `"${String(name).slice(0, 100)}" cannot be the name of a blob: at most ${maxNameLength} of a-z 0-9 . _ = -, in parts with / between them`,
  )
}

/** @throws KeelsonError `blob_invalid` where no name can begin like this. */
export function checkBlobPrefix(prefix: string): void {
  if (typeof prefix === 'string' && prefix.length <= maxNameLength && prefixPattern.test(prefix)) return
  throw new KeelsonError('blob_invalid', `No name of a blob begins with "${String(prefix).slice(0, 100)}"`)
}

/** @throws KeelsonError `blob_invalid` where the content is too large. */
export function checkBlobSize(name: string, bytes: number): void {
  if (bytes <= maxBlobBytes) return
  const message = `The blob "${name}" has ${bytes} bytes; at most ${maxBlobBytes} are taken`
  throw new KeelsonError('blob_invalid', message)
}

export function blobExists(name: string): KeelsonError {
  return new KeelsonError('blob_exists', `There is a blob "${name}" with other content`, { blob: name })
}
