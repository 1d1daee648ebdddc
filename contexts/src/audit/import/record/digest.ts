import { createHash } from 'node:crypto'
import { eventIdPattern } from 'keelson'

/** SHA-256, hexadecimal. */
export const sha256 = (content: string | Uint8Array): string =>
  createHash('sha256').update(content).digest('hex')

/** An event id made of content alone: the prefix and 40 hexadecimal digits. */
export const digestId = (prefix: string, content: string): string =>
  `${prefix}${sha256(content).slice(0, 40)}`

/** The prefix and the source's own id, or its digest where that is no event id. */
export function prefixedId(prefix: string, id: string): string {
  const joined = `${prefix}${id}`
  return eventIdPattern.test(joined) ? joined : digestId(prefix, id)
}
