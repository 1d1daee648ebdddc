import type { JsonValue } from '../../core/index.ts'

/**
 * How a member that holds digests ends its name in canonical JSON. Without the first quotation mark: a search looks for
 * the first character of what it seeks, and bodies have many of those.
 */
const mark = '_sd":'

/** Whether a body, canonical JSON, may have digests of hidden fields: certainly not where this is false. */
export const mayHide = (body: string): boolean => body.includes(mark)

/** Number of digests of hidden fields in a body, canonical JSON; most bodies need not be parsed for it. */
export function countHidden(body: string): number {
  if (!mayHide(body)) return 0
  try {
    return countIn(JSON.parse(body) as JsonValue)
  } catch {
    return 0
  }
}

function countIn(value: JsonValue): number {
  if (typeof value !== 'object' || value === null) return 0
  let count = 0
  for (const [name, member] of Object.entries(value))
    count += name === '_sd' && Array.isArray(member) ? member.length : countIn(member)
  return count
}
