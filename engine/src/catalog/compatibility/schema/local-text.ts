import { canonicalJson } from '../../../core/index.ts'
import type { DraftNode } from './node.ts'

/** Canonical text of the assertions of a node that hold no schema; empty where it has none. */
export function localText(node: DraftNode): string {
  const facts = {
    ...node.limit,
    ...(node.types === undefined ? {} : { types: [...node.types].sort() }),
    ...(node.values === undefined ? {} : { values: node.values.map(canonicalJson).sort() }),
    ...(node.pattern === undefined ? {} : { pattern: node.pattern }),
    ...(node.format === undefined ? {} : { format: node.format }),
    ...(node.isUnique ? { isUnique: true } : {}),
    ...(node.required.length === 0 ? {} : { required: [...node.required].sort() }),
    ...(node.dependentRequired.size === 0 ? {} : { dependent: [...node.dependentRequired].sort() }),
    ...(node.other.size === 0 ? {} : { other: [...node.other].sort() }),
  }
  return Object.keys(facts).length === 0 ? '' : canonicalJson(facts)
}
