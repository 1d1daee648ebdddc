import { createHash } from 'node:crypto'
import type { JsonObject } from '../../../core/index.ts'

/** Stands for what an error said that is to go, where nothing is left to make it from. */
export const removedFingerprint = fingerprintOf(['(removed)'])

/**
 * An error of which something was taken away, with a fingerprint of what is left: the one before is a hash that tells
 * whoever knows the rest of the text which value stood there.
 */
export function renamedError(before: JsonObject, after: JsonObject): JsonObject {
  const { fingerprint, name = '', code = '', message = '' } = after
  const isSame = (['name', 'code', 'message'] as const).every(part => before[part] === after[part])
  if (isSame || typeof fingerprint !== 'string') return after
  return { ...after, fingerprint: fingerprintOf([name, code, String(message).replace(/\d+/g, '#')]) }
}

function fingerprintOf(parts: readonly unknown[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 16)
}
