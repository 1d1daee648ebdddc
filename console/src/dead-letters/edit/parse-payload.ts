import type { JsonValue } from '../../api/types.ts'

export type Parsed = { readonly value: JsonValue } | { readonly fault: string }

/** Reads JSON that somebody typed; numbers that a double cannot keep are refused, not changed in silence. */
export function parsePayload(text: string): Parsed {
  if (text.trim() === '') return { fault: 'Nothing is there; an empty object is {}' }
  const lost: string[] = []
  try {
    const value = JSON.parse(text, (_, one: JsonValue, context?: { readonly source?: string }) => {
      const source = context?.source
      if (typeof one === 'number' && source !== undefined && !isKept(one, source)) lost.push(source)
      return one
    }) as JsonValue
    if (lost.length > 0) return { fault: `${lost[0]} has more digits than are kept: make it a text` }
    return { value }
  } catch (error) {
    return { fault: error instanceof Error ? error.message : String(error) }
  }
}

/** Whole numbers beyond 2^53 lose digits; others are the nearest double, as everywhere. */
const isKept = (value: number, source: string): boolean =>
  /[.eE]/.test(source) ? Number.isFinite(value) : Number.isSafeInteger(value)

/** As text, with the names of each object in order: what differs then is no mere order. */
export const printPayload = (value: JsonValue): string => JSON.stringify(inOrder(value), null, 2)

function inOrder(value: JsonValue): JsonValue {
  if (value === null || typeof value !== 'object') return value
  if (Array.isArray(value)) return value.map(inOrder)
  const sorted = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1))
  return Object.fromEntries(sorted.map(([name, one]) => [name, inOrder(one)]))
}
