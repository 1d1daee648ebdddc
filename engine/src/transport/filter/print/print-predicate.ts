import type { Between, Expression, Not, Predicate } from '../syntax/expression.ts'
import type { FilterDialect } from './print-expression.ts'
import { printExpression, printText } from './print-expression.ts'

const strength = { or: 1, and: 2, not: 3, test: 4 } as const

/** The text of a predicate with as few parentheses as it needs. */
export function printPredicate(predicate: Predicate, dialect: FilterDialect, needed = 0): string {
  const [text, own] = print(predicate, dialect)
  return own < needed ? `(${text})` : text
}

function print(predicate: Predicate, dialect: FilterDialect): readonly [string, number] {
  switch (predicate.kind) {
    case 'and':
    case 'or': {
      const own = strength[predicate.kind]
      const terms = predicate.terms.map(term => printPredicate(term, dialect, own))
      return [terms.join(predicate.kind === 'and' ? ' AND ' : ' OR '), own]
    }
    case 'not':
      return printNot(predicate, dialect)
    case 'between':
      return dialect === 'service-bus'
        ? printRange(predicate)
        : [printTest(predicate, '', dialect), strength.test]
    default:
      return [printTest(predicate, '', dialect), strength.test]
  }
}

/** Azure has no BETWEEN, which is short for two comparisons. */
function printRange({ operand, low, high }: Between): readonly [string, number] {
  const [value, from, to] = [operand, low, high].map(each => printExpression(each, 'service-bus'))
  return [`${value} >= ${from} AND ${value} <= ${to}`, strength.and]
}

function printNot({ operand }: Not, dialect: FilterDialect): readonly [string, number] {
  const isInfix =
    operand.kind === 'in' ||
    operand.kind === 'like' ||
    operand.kind === 'null' ||
    (operand.kind === 'between' && dialect === 'keelson')
  if (isInfix) return [printTest(operand, 'NOT ', dialect), strength.test]
  return [`NOT ${printPredicate(operand, dialect, strength.not)}`, strength.not]
}

/** One test; `not` is written where the language has it: before IN, LIKE and BETWEEN, and after IS. */
function printTest(predicate: Predicate, not: string, dialect: FilterDialect): string {
  const value = (expression: Expression) => printExpression(expression, dialect)
  switch (predicate.kind) {
    case 'truth':
      return printTruth(predicate.expression, dialect)
    case 'comparison':
      return `${value(predicate.left)} ${predicate.operator} ${value(predicate.right)}`
    case 'between':
      return `${value(predicate.operand)} ${not}BETWEEN ${value(predicate.low)} AND ${value(predicate.high)}`
    case 'in':
      return `${value(predicate.operand)} ${not}IN (${predicate.members.map(value).join(', ')})`
    case 'like': {
      const mark = predicate.escape === undefined ? '' : ` ESCAPE ${printText(predicate.escape)}`
      return `${value(predicate.operand)} ${not}LIKE ${value(predicate.pattern)}${mark}`
    }
    case 'null':
      return `${value(predicate.operand)} IS ${not}NULL`
    case 'exists':
      return `EXISTS (${value(predicate.operand)})`
    default:
      return printPredicate(predicate, dialect)
  }
}

/** Azure takes no value alone for a condition. */
function printTruth(expression: Expression, dialect: FilterDialect): string {
  if (dialect === 'keelson') return printExpression(expression, dialect)
  if (expression.kind === 'literal' && expression.value === true) return '1 = 1'
  if (expression.kind === 'literal' && expression.value === false) return '1 = 0'
  return `${printExpression(expression, dialect)} = TRUE`
}
