import { Format } from 'typebox/format'
import { isStepOf } from '../../evaluate/quantity.ts'
import { isWhole, kindsOf } from '../../given/given.ts'
import { numberInterval, stringRange } from '../../given/size.ts'
import type { LimitKeyword } from '../../schema/node.ts'
import type { ProvePart } from '../proof.ts'
import { proved, unproved } from '../proof.ts'

export const proveTypes: ProvePart = (_, facts, { types = [] }) => {
  const fits = kindsOf(facts).every(
    kind => types.includes(kind) || (kind === 'number' && types.includes('integer') && isWhole(facts.nodes)),
  )
  return fits ? proved : unproved
}

/** Limits of numbers and of the lengths of strings. */
export const proveLimit: ProvePart = (_, { nodes }, { limit }) => {
  const number = numberInterval(nodes)
  const text = stringRange(nodes)
  const holds: Partial<Record<LimitKeyword, (wanted: number) => boolean>> = {
    minimum: wanted => number.min >= wanted,
    maximum: wanted => number.max <= wanted,
    exclusiveMinimum: wanted => number.min > wanted || (number.min === wanted && number.isMinOpen),
    exclusiveMaximum: wanted => number.max < wanted || (number.max === wanted && number.isMaxOpen),
    multipleOf: wanted =>
      (isWhole(nodes) && (1 / wanted) % 1 === 0) ||
      nodes.some(node => node.limit.multipleOf !== undefined && isStepOf(node.limit.multipleOf, wanted)),
    minLength: wanted => text.min >= wanted,
    maxLength: wanted => text.max <= wanted,
  }
  const fits = Object.entries(limit).every(([keyword, wanted]) => holds[keyword as LimitKeyword]?.(wanted))
  return fits ? proved : unproved
}

/** Patterns that match within every text. */
const matchAll: ReadonlySet<string> = new Set([
  '',
  '^',
  '$',
  '.*',
  '^.*',
  '.*$',
  '(?:)',
  '^[^]*$',
  '^[\\s\\S]*$',
])

export const provePattern: ProvePart = (_, { nodes }, { pattern = '' }) =>
  matchAll.has(pattern) || nodes.some(node => node.pattern === pattern) ? proved : unproved

/** A format that the validator does not know accepts every text. */
export const proveFormat: ProvePart = (_, { nodes }, { format = '' }) =>
  !Format.Has(format) || nodes.some(node => node.format === format) ? proved : unproved
