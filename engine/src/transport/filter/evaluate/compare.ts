import type { ComparisonOperator } from '../syntax/expression.ts'
import { toNumber, toValue } from './value.ts'

/** True, false or, as undefined, unknown. */
export type Truth = boolean | undefined

/** Compares two values of a message as they come: what cannot be compared is unknown. */
export type Compare = (left: unknown, right: unknown) => Truth

/** Whether two values are equal; unknown where one is, or where they are of different types. */
export function equal(left: unknown, right: unknown): Truth {
  const type = typeof left
  if (type === typeof right && (type === 'string' || type === 'number' || type === 'boolean'))
    return left === right
  return equalOfOtherTypes(left, right)
}

function equalOfOtherTypes(left: unknown, right: unknown): Truth {
  const [a, b] = [toValue(left), toValue(right)]
  if (typeof a === 'string' || typeof a === 'boolean') return typeof a === typeof b ? a === b : undefined
  if (typeof a === 'bigint' && typeof b === 'bigint') return a === b
  const [x, y] = [toNumber(a), toNumber(b)]
  return x === undefined || y === undefined ? undefined : x === y
}

/**
 * Less than zero, zero or more as the left value comes before, with or after the right one: numbers by value, texts by
 * UTF-16 code units. NaN for a number that is none, undefined for what has no order.
 */
function order(left: unknown, right: unknown): number | undefined {
  if (typeof left === 'number' && typeof right === 'number') return difference(left, right)
  const [a, b] = [toValue(left), toValue(right)]
  if (typeof a === 'string') return typeof b === 'string' ? difference(a, b) : undefined
  if (typeof a === 'bigint' && typeof b === 'bigint') return difference(a, b)
  const [x, y] = [toNumber(a), toNumber(b)]
  return x === undefined || y === undefined ? undefined : difference(x, y)
}

function difference<Ordered extends number | string | bigint>(a: Ordered, b: Ordered): number {
  if (a < b) return -1
  if (a > b) return 1
  return a === b ? 0 : Number.NaN
}

function ordered(test: (difference: number) => boolean): Compare {
  return (left, right) => {
    const found = order(left, right)
    return found === undefined ? undefined : test(found)
  }
}

/** The comparisons, each with its three answers. */
export const comparisons: Readonly<Record<ComparisonOperator, Compare>> = {
  '=': equal,
  '<>': (left, right) => negated(equal(left, right)),
  '<': ordered(found => found < 0),
  '<=': ordered(found => found <= 0),
  '>': ordered(found => found > 0),
  '>=': ordered(found => found >= 0),
}

export function negated(truth: Truth): Truth {
  return truth === undefined ? undefined : !truth
}
