import { isWhole } from '../given/given.ts'
import { numberInterval } from '../given/size.ts'
import type { SchemaNode } from '../schema/node.ts'
import type { Random } from './random.ts'
import { pick } from './random.ts'

const plain = [0, 1, -1, 0.5, 2, 7, 10, 42, 100, -3.25, 1e6]

/** Numbers in and about the limits of the nodes; the caller checks them. */
export function numbersAbout(nodes: readonly SchemaNode[]): number[] {
  const found = new Set<number>()
  const steps = nodes.flatMap(({ limit }) => (limit.multipleOf === undefined ? [] : [limit.multipleOf]))
  for (const { limit } of nodes) {
    for (const edge of [limit.minimum, limit.maximum, limit.exclusiveMinimum, limit.exclusiveMaximum]) {
      if (edge === undefined) continue
      for (const by of [0, 1, -1, 0.5, -0.5, 0.001, -0.001]) found.add(edge + by)
      for (const step of steps)
        for (const times of [Math.floor(edge / step), Math.ceil(edge / step), Math.floor(edge / step) - 1])
          found.add(times * step)
    }
  }
  for (const step of steps) for (const times of [1, 2, 3, 5, 0.5]) found.add(times * step)
  for (const value of plain) found.add(value)
  return [...found].filter(Number.isFinite)
}

export function sampleNumber(nodes: readonly SchemaNode[], random: Random): number | undefined {
  const { min, max, isMinOpen, isMaxOpen } = numberInterval(nodes)
  const whole = isWhole(nodes)
  const steps = nodes.flatMap(({ limit }) => (limit.multipleOf === undefined ? [] : [limit.multipleOf]))
  const between =
    Math.max(min, -1000) + random() * (Math.min(max, Math.max(min, -1000) + 2000) - Math.max(min, -1000))
  const fits = [...numbersAbout(nodes), whole ? Math.round(between) : Math.round(between * 100) / 100].filter(
    value =>
      (!whole || Number.isInteger(value)) &&
      (isMinOpen ? value > min : value >= min) &&
      (isMaxOpen ? value < max : value <= max),
  )
  const multiples = fits.filter(value => steps.every(step => Number.isInteger(value / step)))
  return pick(random, multiples.length > 0 ? multiples : fits)
}
