/** A double whose value is an integer, which a number could not tell from an integer. A class, so that no content of a message is taken for one. */
export class WholeDouble {
  readonly double: number

  constructor(double: number) {
    this.double = double
  }
}

/**
 * What an expression yields of a message. A number is a 64-bit integer where it is a safe integer and a double
 * otherwise; a bigint is an integer beyond those; undefined is unknown, which null is too.
 */
export type Value = string | boolean | number | bigint | WholeDouble | undefined

const smallest = -(2n ** 63n)
const largest = 2n ** 63n - 1n

/** A number as a double: it stays one in what is calculated from it. */
export function toDouble(value: number): number | WholeDouble {
  return Number.isSafeInteger(value) ? new WholeDouble(value) : value
}

/** A 64-bit integer; unknown where the number is outside of them. */
export function toLong(value: bigint): number | bigint | undefined {
  if (value < smallest || value > largest) return undefined
  const narrow = Number(value)
  return Number.isSafeInteger(narrow) ? narrow : value
}

/** What a message has as a value; unknown for what cannot be compared, such as objects and lists. */
export function toValue(raw: unknown): Value {
  switch (typeof raw) {
    case 'string':
    case 'boolean':
    case 'number':
      return raw
    case 'bigint':
      return toLong(raw) ?? Number(raw)
    case 'object':
      if (raw instanceof Date) return Number.isNaN(raw.getTime()) ? undefined : raw.toISOString()
      return raw instanceof WholeDouble ? raw : undefined
    default:
      return undefined
  }
}

/** The value as a number where it is one, as close as a double comes. */
export function toNumber(value: Value): number | undefined {
  if (typeof value === 'number') return value
  if (typeof value === 'bigint') return Number(value)
  return typeof value === 'object' ? value.double : undefined
}
