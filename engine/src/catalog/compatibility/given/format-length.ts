/** Lengths of the formats whose text has bounds, by their standards: RFC 9562, RFC 3339, RFC 791. */
const lengths: ReadonlyMap<string, { readonly min: number; readonly max: number }> = new Map([
  ['uuid', { min: 36, max: 36 }],
  ['date', { min: 10, max: 10 }],
  ['date-time', { min: 20, max: Infinity }],
  ['ipv4', { min: 7, max: 15 }],
])

export function formatLengths(format: string): { readonly min: number; readonly max: number } | undefined {
  return lengths.get(format)
}
