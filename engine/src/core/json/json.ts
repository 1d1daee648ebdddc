import { KeelsonError } from '../error.ts'
import { scanJson } from './json-scan.ts'
import type { JsonObject, JsonValue } from './json-value.ts'

export type { JsonObject, JsonValue }

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: false })

/** Decodes UTF-8 and refuses what is not (a byte order mark at the start is passed over). */
export function decodeUtf8(bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes)
  } catch (cause) {
    throw new KeelsonError('utf8_invalid', 'The text is not valid UTF-8', {}, cause)
  }
}

/**
 * Parses JSON text strictly: what `JSON.parse` would silently change is refused (duplicate keys, numbers that
 * lose precision, lone surrogates), and so are `__proto__` keys and nesting beyond `maxDepth` levels.
 */
export function parseJson(text: string, maxDepth = 64): JsonValue {
  let value: JsonValue
  try {
    value = JSON.parse(text) as JsonValue
  } catch (cause) {
    throw new KeelsonError('json_malformed', describeSyntaxError(cause, text), {}, cause)
  }
  // The fast scan trusts that the text is valid JSON, so it runs after JSON.parse.
  scanJson(text, value, maxDepth)
  return value
}

/** Whether the value is a JSON object (not null, not an array). */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function describeSyntaxError(cause: unknown, text: string): string {
  const message = cause instanceof Error ? cause.message : ''
  const at = /at position (\d+)/.exec(message)
  if (text.trim() === '') return 'The text is empty where JSON was expected'
  if (at && Number(at[1]) >= text.length)
    return `The text is not valid JSON: it ends too early, after ${text.length} characters`
  if (at) return `The text is not valid JSON at character ${Number(at[1]) + 1} of ${text.length}`
  return `The text is not valid JSON: it ends too early or has a stray character (${text.length} characters)`
}
