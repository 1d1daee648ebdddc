import { encode, fromByteText, sha256 } from '#primitive'

/** Contents of the object identifiers that are looked for (RFC 3161 §2.4, RFC 5652 §5.1, RFC 5754 §2.2). */
const signedData = '2a864886f70d010702'
const tokenInfo = '2a864886f70d0109100104'
const sha256Name = '608648016503040201'

const [integer, octets, identifier, sequence, time, explicit] = [0x02, 0x04, 0x06, 0x30, 0x18, 0xa0]

interface Element {
  readonly tag: number
  readonly content: Uint8Array
}

/**
 * When a time stamp authority says to have seen a text, RFC 3339; undefined where the response (RFC 3161, DER) is not over
 * the SHA-256 of that text, or none. Whether it is the authority that says so is not looked at: that takes its certificates.
 */
export function stampedAt(response: Uint8Array, text: string): string | undefined {
  try {
    const [status, token] = inside(only(response))
    const [granted] = inside(expect(status, sequence))
    // 0 is granted, 1 granted with changes.
    if ((expect(granted, integer).at(-1) ?? 2) > 1) return undefined
    const [type, wrapped] = inside(expect(token, sequence))
    if (hex(expect(type, identifier)) !== signedData) return undefined
    const parts = inside(expect(inside(expect(wrapped, explicit))[0], sequence))
    const [contentType, content] = inside(expect(parts[2], sequence))
    if (hex(expect(contentType, identifier)) !== tokenInfo) return undefined
    const info = inside(only(expect(inside(expect(content, explicit))[0], octets)))
    const [algorithm, digest] = inside(expect(info[2], sequence))
    const isOfText =
      hex(expect(inside(expect(algorithm, sequence))[0], identifier)) === sha256Name &&
      hex(expect(digest, octets)) === hex(fromByteText(sha256(text)))
    return isOfText ? timeOf(expect(info[4], time)) : undefined
  } catch {
    return undefined
  }
}

const hex = (bytes: Uint8Array): string => encode(bytes, 'hex')

/** `20261121090000Z` or with a fraction of the second. @throws TypeError. */
function timeOf(bytes: Uint8Array): string {
  const [, year, month, day, hour, minute, second, fraction = ''] =
    /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\.\d{1,9})?Z$/.exec(String.fromCharCode(...bytes)) ?? []
  if (year === undefined) throw new TypeError('no time')
  return `${year}-${month}-${day}T${hour}:${minute}:${second}${fraction}Z`
}

function only(bytes: Uint8Array): Uint8Array {
  const [first, ...others] = inside(bytes)
  if (others.length > 0) throw new TypeError('more than one element')
  return expect(first, sequence)
}

function expect(element: Element | undefined, tag: number): Uint8Array {
  if (element?.tag !== tag) throw new TypeError('another element')
  return element.content
}

/** The elements that stand in a row. @throws TypeError for what is no DER. */
function inside(bytes: Uint8Array): readonly Element[] {
  const found: Element[] = []
  for (let at = 0; at < bytes.length; ) {
    const [tag = 0, first = 0x80] = bytes.subarray(at, at + 2)
    const more = first < 0x80 ? 0 : first - 0x80
    if (first === 0x80 || more > 4) throw new TypeError('no length')
    const length =
      more === 0 ? first : bytes.subarray(at + 2, at + 2 + more).reduce((sum, byte) => sum * 256 + byte, 0)
    const start = at + 2 + more
    if (start + length > bytes.length) throw new TypeError('cut off')
    found.push({ tag, content: bytes.subarray(start, start + length) })
    at = start + length
  }
  return found
}
