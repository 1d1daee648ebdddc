/** Bounds of one filter. */
export const filterLimits = {
  /** Characters of a text unless the caller allows more: the limit of Azure Service Bus. */
  text: 1024,
  /** Characters of a text at most. */
  largestText: 16 * 1024,
  nodes: 2000,
  depth: 64,
  listMembers: 1000,
  /** Characters of a name of a property. */
  name: 256,
  /** Characters of a pattern of LIKE. */
  pattern: 1024,
  /** Warnings of a text; further ones are not told. */
  warnings: 20,
  /** Properties of a correlation filter. */
  correlationProperties: 100,
  /** Filters that one filter may combine. */
  combined: 2000,
} as const
