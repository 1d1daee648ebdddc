import type { JsonValue } from '../../core/index.ts'

/**
 * Turns payloads into bytes and back, exactly: `decode(encode(payload))` deep-equals the payload. Two things are not
 * kept, as in canonical JSON: the order of members, and the sign of −0, which is read as 0.
 */
export interface Codec {
  readonly contentType: string
  /** @throws KeelsonError `payload_invalid` where the payload does not fit the schema of the codec. */
  encode(payload: JsonValue): Uint8Array
  /** @throws KeelsonError `encoding_invalid` where the bytes are damaged, cut off, too long or too deep. */
  decode(bytes: Uint8Array): JsonValue
}

export interface CodecLimits {
  /** Longest encoding that is written or read, in bytes. */
  readonly maxBytes?: number
}

/** An event may have 256 KiB as JSON, and a number of one digit takes eight bytes in binary: four times is enough. */
export const defaultMaxBytes = 1_048_576

/** As deep as JSON that is taken in may be. */
export const maxDepth = 64
