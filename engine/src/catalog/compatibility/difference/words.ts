import type { LimitKeyword } from '../schema/node.ts'

/** How a limit reads, and which way it narrows. */
interface LimitWords {
  readonly isUpper: boolean
  /** What is refused where the limit stands at the number. */
  readonly refused: (limit: number) => string
}

const counted = (limit: number, noun: string): string => `${limit} ${noun}${limit === 1 ? '' : 's'}`

export const limitWords: Readonly<Record<Exclude<LimitKeyword, 'multipleOf'>, LimitWords>> = {
  minimum: { isUpper: false, refused: limit => `values below ${limit}` },
  exclusiveMinimum: { isUpper: false, refused: limit => `values of ${limit} and below` },
  maximum: { isUpper: true, refused: limit => `values above ${limit}` },
  exclusiveMaximum: { isUpper: true, refused: limit => `values of ${limit} and above` },
  minLength: { isUpper: false, refused: limit => `texts shorter than ${counted(limit, 'character')}` },
  maxLength: { isUpper: true, refused: limit => `texts longer than ${counted(limit, 'character')}` },
  minItems: { isUpper: false, refused: limit => `lists of fewer than ${counted(limit, 'item')}` },
  maxItems: { isUpper: true, refused: limit => `lists of more than ${counted(limit, 'item')}` },
  minContains: { isUpper: false, refused: limit => `lists with fewer than ${limit} such items` },
  maxContains: { isUpper: true, refused: limit => `lists with more than ${limit} such items` },
  minProperties: { isUpper: false, refused: limit => `objects of fewer than ${counted(limit, 'member')}` },
  maxProperties: { isUpper: true, refused: limit => `objects of more than ${counted(limit, 'member')}` },
}

const longestText = 120

/** A value as a message shows it. */
export function show(value: unknown): string {
  const text = typeof value === 'string' ? JSON.stringify(value) : (JSON.stringify(value) ?? 'nothing')
  return text.length > longestText ? `${text.slice(0, longestText)}…` : text
}

export function showList(values: readonly unknown[]): string {
  const shown = values.slice(0, 5).map(show).join(', ')
  return values.length > 5 ? `${shown} and ${values.length - 5} more` : shown
}

export function placeName(instancePath: string): string {
  return instancePath === '' ? 'The value' : `\`${instancePath}\``
}
