/** Bounds of a schema that comes from outside; with them the worst one compiles and checks in bounded time. */
export const schemaLimits = {
  /** Bytes of its text. */
  bytes: 64 * 1024,
  /** Levels of arrays and objects in its text. */
  depth: 32,
  /** Schemas within it, itself included. */
  nodes: 2_000,
  /** Members of any object, and schemas in any list. */
  members: 500,
  /** Values of an enum. */
  enumValues: 1_000,
  /** Objects and lists in an enum, those within them included. */
  enumObjects: 100,
  /** Schemas that judge one value together, such as its alternatives, or what a list asks of each item. */
  placeSchemas: 400,
  /** Characters of a pattern. */
  patternLength: 500,
  /** Different patterns. */
  patterns: 30,
  /** Schemas that are evaluated where each reference stands for a copy of what it leads to. */
  expandedNodes: 5_000,
  /** Faults that are reported. */
  faults: 50,
} as const
