import { tenantIdPattern, toUtc } from '../../core/index.ts'
import type { OptionCheck } from '../flow/option/option-check.ts'

type Kind = readonly [isFit: (value: unknown) => boolean, message: string]

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const isFunction = (value: unknown): boolean => typeof value === 'function'

const isListOf = (value: unknown, isFit: (one: unknown) => boolean): boolean =>
  Array.isArray(value) && value.every(isFit)

const isName = (value: unknown): boolean => typeof value === 'string' && value !== ''

const names: Kind = [
  value => isListOf(value, isName) && (value as readonly unknown[]).length > 0,
  'must be a list of at least one name',
]
const anything: Kind = [() => true, '']
const aFunction: Kind = [isFunction, 'must be a function']

const kinds: Readonly<Record<string, Kind>> = {
  tenantId: [
    value => typeof value === 'string' && tenantIdPattern.test(value),
    'must be 1 to 64 of a-z 0-9 -',
  ],
  types: names,
  topics: names,
  filter: [
    value =>
      typeof value === 'string' || isFunction(value) || (isRecord(value) && isFunction(value['matches'])),
    'must be a text, a filter or a function',
  ],
  orderingKey: aFunction,
  start: [isStart, 'must be beginning, now, { position } from 0 or { time } as RFC 3339 has it'],
  retry: [isRecord, 'must be an object'],
  failures: [isFailureRules, 'must have lists, permanent and transient, of classes of errors and words'],
  breaker: [value => value === false || isRecord(value), 'must be an object, or false'],
  bulkhead: [isBulkhead, 'must be { bulkhead } with a Bulkhead, and a name where it has one'],
  rateLimit: [isRecord, 'must be an object'],
  isAdaptive: [value => typeof value === 'boolean', 'must be true or false'],
  middleware: [value => isListOf(value, isFunction), 'must be a list of functions'],
  onError: aFunction,
  onBreaker: aFunction,
}

/** Finds the options that are of another kind than they should be: they would fail later, where nobody sees it. */
export function checkKinds(options: object, check: OptionCheck): void {
  for (const [name, value] of Object.entries(options)) {
    const [isFit, message] = (Object.hasOwn(kinds, name) ? kinds[name] : undefined) ?? anything
    if (value !== undefined && !isFit(value)) check.add(name, message)
  }
}

function isStart(value: unknown): boolean {
  if (value === 'beginning' || value === 'now') return true
  if (!isRecord(value)) return false
  const { position, time } = value
  if (position === undefined) return typeof time === 'string' && toUtc(time) !== undefined
  return time === undefined && Number.isSafeInteger(position) && (position as number) >= 0
}

function isFailureRules(value: unknown): boolean {
  if (!isRecord(value)) return false
  const isRule = (rule: unknown) => isName(rule) || isFunction(rule)
  return Object.entries(value).every(
    ([name, rules]) =>
      ['permanent', 'transient'].includes(name) && (rules === undefined || isListOf(rules, isRule)),
  )
}

function isBulkhead(value: unknown): boolean {
  if (!isRecord(value)) return false
  const { bulkhead, name } = value
  return isRecord(bulkhead) && isFunction(bulkhead['run']) && (name === undefined || isName(name))
}
