/** Code points, which is what JSON Schema counts. */
export function textLength(text: string): number {
  let length = 0
  for (const _ of text) length += 1
  return length
}

const tolerance = 1e-10

/** As the validator decides it: whole fractions divide every integer, all else within a small tolerance. */
export function isMultiple(value: number, step: number): boolean {
  if (Number.isInteger(value) && (1 / step) % 1 === 0) return true
  const rest = value % step
  return Math.min(Math.abs(rest), Math.abs(rest - step), Math.abs(rest + step)) < tolerance
}

/** Whether every multiple of `wide` is one of `narrow` to the validator; false where that is not sure. */
export function isStepOf(wide: number, narrow: number): boolean {
  if (wide === narrow) return true
  const keepsIntegers = (1 / wide) % 1 !== 0 || (1 / narrow) % 1 === 0
  return wide % narrow === 0 && keepsIntegers
}
