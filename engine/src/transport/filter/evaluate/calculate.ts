import type { ArithmeticOperator } from '../syntax/expression.ts'
import type { Value } from './value.ts'
import { toDouble, toLong, toNumber, toValue } from './value.ts'

/**
 * Two integers give an integer, cut towards zero by a division; with a double on one side the result is a double.
 * Unknown: what is no number, a division of integers by zero, and what is outside of 64-bit integers.
 */
export function calculate(operator: ArithmeticOperator, left: unknown, right: unknown): Value {
  const [a, b] = [toValue(left), toValue(right)]
  if (isLong(a) && isLong(b)) return ofLongs(operator, a, b)
  const [x, y] = [toNumber(a), toNumber(b)]
  return x === undefined || y === undefined ? undefined : toDouble(ofNumbers(operator, x, y))
}

/** The value with its sign changed; unknown for what is no number. */
export function opposite(raw: unknown): Value {
  const value = toValue(raw)
  if (isLong(value)) return ofLongs('-', 0, value)
  const number = toNumber(value)
  return number === undefined ? undefined : toDouble(-number)
}

/** The value where it is a number; unknown otherwise. */
export function numeric(raw: unknown): Value {
  const value = toValue(raw)
  return toNumber(value) === undefined ? undefined : value
}

function isLong(value: Value): value is number | bigint {
  return typeof value === 'bigint' || Number.isSafeInteger(value)
}

function ofLongs(operator: ArithmeticOperator, a: number | bigint, b: number | bigint): Value {
  if ((operator === '/' || operator === '%') && Number(b) === 0) return undefined
  if (typeof a === 'number' && typeof b === 'number') {
    const exact = ofNumbers(operator, a, b)
    const result = operator === '/' ? Math.trunc(exact) : exact
    // Adding zero makes zero of -0, which integers do not have.
    if (Number.isSafeInteger(result)) return result + 0
  }
  return toLong(ofBigints(operator, BigInt(a), BigInt(b)))
}

function ofNumbers(operator: ArithmeticOperator, a: number, b: number): number {
  switch (operator) {
    case '+':
      return a + b
    case '-':
      return a - b
    case '*':
      return a * b
    case '/':
      return a / b
    default:
      return a % b
  }
}

function ofBigints(operator: ArithmeticOperator, a: bigint, b: bigint): bigint {
  switch (operator) {
    case '+':
      return a + b
    case '-':
      return a - b
    case '*':
      return a * b
    case '/':
      return a / b
    default:
      return a % b
  }
}
