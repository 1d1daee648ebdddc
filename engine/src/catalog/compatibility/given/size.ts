import { patternLengths } from '../pattern/pattern-tree.ts'
import type { LimitKeyword, SchemaNode } from '../schema/node.ts'
import { formatLengths } from './format-length.ts'
import { isWhole } from './given.ts'

/** A closed range of counts. */
export interface Range {
  readonly min: number
  readonly max: number
}

export function highest(nodes: readonly SchemaNode[], keyword: LimitKeyword, fallback: number): number {
  return nodes.reduce((most, { limit }) => Math.max(most, limit[keyword] ?? -Infinity), fallback)
}

export function lowest(nodes: readonly SchemaNode[], keyword: LimitKeyword, fallback: number): number {
  return nodes.reduce((least, { limit }) => Math.min(least, limit[keyword] ?? Infinity), fallback)
}

/** How long a string can be, in code points; formats and anchored patterns say so too. */
export function stringRange(nodes: readonly SchemaNode[]): Range {
  let [min, max] = [highest(nodes, 'minLength', 0), lowest(nodes, 'maxLength', Infinity)]
  for (const { pattern, format } of nodes) {
    for (const range of [pattern && patternLengths(pattern), format && formatLengths(format)]) {
      if (!range) continue
      min = Math.max(min, range.min)
      max = Math.min(max, range.max)
    }
  }
  return { min, max }
}

/** Where numbers lie; a bound that is open does not belong to them. */
export interface Interval extends Range {
  readonly isMinOpen: boolean
  readonly isMaxOpen: boolean
}

export function numberInterval(nodes: readonly SchemaNode[]): Interval {
  const openMin = highest(nodes, 'exclusiveMinimum', -Infinity)
  const openMax = lowest(nodes, 'exclusiveMaximum', Infinity)
  let min = Math.max(openMin, highest(nodes, 'minimum', -Infinity))
  let max = Math.min(openMax, lowest(nodes, 'maximum', Infinity))
  let isMinOpen = Number.isFinite(min) && openMin === min
  let isMaxOpen = Number.isFinite(max) && openMax === max
  if (isWhole(nodes)) {
    if (Number.isSafeInteger(Math.floor(min))) {
      min = isMinOpen ? Math.floor(min) + 1 : Math.ceil(min)
      isMinOpen = false
    }
    if (Number.isSafeInteger(Math.ceil(max))) {
      max = isMaxOpen ? Math.ceil(max) - 1 : Math.floor(max)
      isMaxOpen = false
    }
  }
  return { min, max, isMinOpen, isMaxOpen }
}

export function isEmptyInterval({ min, max, isMinOpen, isMaxOpen }: Interval): boolean {
  return min > max || (min === max && (isMinOpen || isMaxOpen))
}
