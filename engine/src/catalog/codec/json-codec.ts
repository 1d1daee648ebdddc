import type { JsonValue } from '../../core/index.ts'
import { canonicalJson, decodeUtf8, KeelsonError, parseJson } from '../../core/index.ts'
import { checkJson } from './check-json.ts'
import type { Codec, CodecLimits } from './codec.ts'
import { defaultMaxBytes, maxDepth } from './codec.ts'
import { damaged, misfit } from './fault.ts'

const encoder = new TextEncoder()

/** Canonical JSON (RFC 8785) in UTF-8. */
export function jsonCodec({ maxBytes = defaultMaxBytes }: CodecLimits = {}): Codec {
  return {
    contentType: 'application/json',
    encode(payload) {
      const bytes = encoder.encode(canonicalText(payload))
      if (bytes.length > maxBytes) throw misfit('', `is longer than ${maxBytes} bytes`)
      return bytes
    },
    decode(bytes) {
      if (bytes.length > maxBytes) throw damaged(`The encoding is longer than ${maxBytes} bytes`)
      return parseText(() => decodeUtf8(bytes))
    },
  }
}

/** The canonical text of a value, which reading gives back. */
export function canonicalText(value: JsonValue): string {
  checkJson(value, maxDepth)
  try {
    return canonicalJson(value)
  } catch (cause) {
    if (cause instanceof KeelsonError) throw misfit('', `has no JSON form: ${cause.message}`)
    throw cause
  }
}

/** Parses text that was encoded; what is wrong with it is wrong with the encoding. */
export function parseText(read: () => string): JsonValue {
  try {
    return parseJson(read(), maxDepth)
  } catch (cause) {
    if (cause instanceof KeelsonError) throw damaged(`The encoded JSON is not valid: ${cause.message}`, cause)
    throw cause
  }
}
