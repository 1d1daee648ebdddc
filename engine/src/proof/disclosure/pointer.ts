import type { JsonValue } from '../../core/index.ts'
import { isJsonObject } from '../../core/index.ts'

/** The names and indexes that a JSON Pointer (RFC 6901) leads through; none for the empty one. */
export function pointerTokens(pointer: string): string[] {
  const tokens = pointer.split('/').slice(1)
  // Hardly any has escapes, and this is called for every personal field of every event.
  if (!pointer.includes('~')) return tokens
  return tokens.map(token => token.replaceAll('~1', '/').replaceAll('~0', '~'))
}

export function pointerOf(tokens: readonly string[]): string {
  let pointer = ''
  for (const token of tokens)
    pointer += `/${/[~/]/.test(token) ? token.replaceAll('~', '~0').replaceAll('/', '~1') : token}`
  return pointer
}

/** What stands at the place; undefined where nothing does. */
export function valueAt(value: JsonValue | undefined, tokens: readonly string[]): JsonValue | undefined {
  let found = value
  for (const token of tokens) {
    found = memberOf(found, token)
    if (found === undefined) return undefined
  }
  return found
}

export function memberOf(value: JsonValue | undefined, token: string): JsonValue | undefined {
  if (Array.isArray(value)) return /^(0|[1-9]\d{0,9})$/.test(token) ? value[Number(token)] : undefined
  return isJsonObject(value) && Object.hasOwn(value, token) ? value[token] : undefined
}
