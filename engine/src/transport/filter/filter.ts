import { KeelsonError } from '../../core/index.ts'
import type { Truth } from './evaluate/compare.ts'
import { compilePredicate } from './evaluate/compile-predicate.ts'
import type { FilterMessage } from './message/filter-message.ts'
import type { FilterWarning } from './parse/cursor.ts'
import { parseCondition } from './parse/parse-condition.ts'
import type { FilterDialect } from './print/print-expression.ts'
import { printPredicate } from './print/print-predicate.ts'
import type { Predicate } from './syntax/expression.ts'
import { junction, literal } from './syntax/expression.ts'
import { filterLimits } from './syntax/limits.ts'

/** A condition on messages, ready to be asked. */
export interface Filter {
  readonly predicate: Predicate
  /** What is allowed in the text that it was read from, and hardly meant. */
  readonly warnings: readonly FilterWarning[]
  /** Whether a subscription with this filter gets the message: where the condition is true, and not unknown. */
  matches(message: FilterMessage): boolean
  /** The condition's own answer; undefined where it is unknown. */
  evaluate(message: FilterMessage): Truth
}

export interface ParseOptions {
  /** Characters that the text may have: 1,024 unless it is given, and 16,384 at most. */
  readonly maxLength?: number
}

/** The filter of a predicate. */
export function createFilter(predicate: Predicate, warnings: readonly FilterWarning[] = []): Filter {
  const evaluate = compilePredicate(predicate)
  return Object.freeze({
    predicate,
    warnings,
    matches: (message: FilterMessage) => evaluate(message) === true,
    evaluate,
  })
}

/**
 * Reads a filter in the SQL-92 subset of Azure Service Bus; the README beside this file has its grammar.
 *
 * @throws KeelsonError `filter_invalid`, `filter_too_large` or `filter_unsupported`; the details have `offset`, `line`
 * and `column`, and where they are known `expected` and `hint`
 */
export function parseFilter(text: string, { maxLength = filterLimits.text }: ParseOptions = {}): Filter {
  if (typeof text !== 'string') throw new KeelsonError('filter_invalid', 'A filter is a text')
  if (!Number.isInteger(maxLength) || maxLength < 1 || maxLength > filterLimits.largestText)
    throw new KeelsonError(
      'filter_invalid',
      `The length that a filter may have is from 1 to ${filterLimits.largestText}`,
    )
  const { predicate, warnings } = parseCondition(text, maxLength)
  return createFilter(predicate, warnings)
}

/**
 * The text of a filter, with as few parentheses as it needs. In the dialect `keelson`, which is the default,
 * {@link parseFilter} gives the same predicate back, if the text is not longer than it allows.
 */
export function toSqlText(filter: Filter, dialect: FilterDialect = 'keelson'): string {
  return printPredicate(filter.predicate, dialect)
}

/** Matches every message. */
export const trueFilter: Filter = createFilter({ kind: 'truth', expression: literal(true) })

/** Matches no message. */
export const falseFilter: Filter = createFilter({ kind: 'truth', expression: literal(false) })

/** Matches what one of the filters matches at least, as the rules of a subscription do; of none it matches nothing. */
export function anyOf(filters: readonly Filter[]): Filter {
  if (filters.length > filterLimits.combined)
    throw new KeelsonError('filter_too_large', `At most ${filterLimits.combined} filters are combined`)
  const [first] = filters
  if (first === undefined) return falseFilter
  if (filters.length === 1) return first
  const predicate = junction(
    'or',
    filters.map(filter => filter.predicate),
  )
  return createFilter(
    predicate,
    filters.flatMap(filter => filter.warnings),
  )
}
