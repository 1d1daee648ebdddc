import type { FilterMessage } from '../message/filter-message.ts'
import type { Between, Comparison, InList, Like, Predicate } from '../syntax/expression.ts'
import type { Compare, Truth } from './compare.ts'
import { comparisons, equal, negated } from './compare.ts'
import type { Read } from './compile-expression.ts'
import { compileExpression } from './compile-expression.ts'
import { createLike } from './match-like.ts'
import { toValue } from './value.ts'

/** Says of a message whether the predicate holds; undefined where that is unknown. Never throws. */
export type Evaluate = (message: FilterMessage) => Truth

/** Makes closures of a predicate, once; nothing is looked up in the tree when messages come. */
export function compilePredicate(predicate: Predicate): Evaluate {
  switch (predicate.kind) {
    case 'truth':
      return compileTruth(compileExpression(predicate.expression))
    case 'comparison':
      return compileComparison(predicate)
    case 'between':
      return compileBetween(predicate)
    case 'in':
      return compileIn(predicate)
    case 'like':
      return compileLike(predicate)
    case 'null': {
      const read = compileExpression(predicate.operand)
      return message => (read(message) ?? null) === null
    }
    case 'exists': {
      const read = compileExpression(predicate.operand)
      return message => read(message) !== undefined
    }
    case 'not': {
      const operand = compilePredicate(predicate.operand)
      return message => negated(operand(message))
    }
    default:
      return compileJunction(predicate.terms.map(compilePredicate), predicate.kind === 'or')
  }
}

function compileTruth(read: Read): Evaluate {
  return message => {
    const value = read(message)
    return typeof value === 'boolean' ? value : undefined
  }
}

function compileComparison({ operator, left, right }: Comparison): Evaluate {
  const compare: Compare = comparisons[operator]
  const readLeft = compileExpression(left)
  if (right.kind !== 'literal' || typeof right.value !== 'string') {
    const readRight = compileExpression(right)
    return message => compare(readLeft(message), readRight(message))
  }
  const text = right.value
  if (operator !== '=') return message => compare(readLeft(message), text)
  return message => {
    const value = readLeft(message)
    return typeof value === 'string' ? value === text : equal(value, text)
  }
}

function compileBetween(predicate: Between): Evaluate {
  const operand = compileExpression(predicate.operand)
  const low = compileExpression(predicate.low)
  const high = compileExpression(predicate.high)
  return message => {
    const value = operand(message)
    const isAbove = comparisons['>='](value, low(message))
    if (isAbove === false) return false
    const isBelow = comparisons['<='](value, high(message))
    return isBelow === false ? false : isAbove && isBelow
  }
}

function compileIn({ operand, members }: InList): Evaluate {
  const read = compileExpression(operand)
  const texts = members.flatMap(member =>
    member.kind === 'literal' && typeof member.value === 'string' ? [member.value] : [],
  )
  const reads = members.map(compileExpression)
  const isEach = (message: FilterMessage): Truth => {
    const value = read(message)
    let result: Truth = false
    for (const each of reads) {
      const isEqual = equal(value, each(message))
      if (isEqual) return true
      if (isEqual === undefined) result = undefined
    }
    return result
  }
  if (texts.length < members.length) return isEach
  const set: ReadonlySet<string> = new Set(texts)
  return message => {
    const value = read(message)
    return typeof value === 'string' ? set.has(value) : isEach(message)
  }
}

function compileLike({ operand, pattern, escape: mark }: Like): Evaluate {
  const read = compileExpression(operand)
  if (pattern.kind === 'literal') {
    const match = typeof pattern.value === 'string' ? createLike(pattern.value, mark) : undefined
    return message => {
      const text = toValue(read(message))
      return typeof text === 'string' ? match?.(text) : undefined
    }
  }
  const readPattern = compileExpression(pattern)
  return message => {
    const text = toValue(read(message))
    const wanted = readPattern(message)
    return typeof text === 'string' && typeof wanted === 'string'
      ? createLike(wanted, mark)?.(text)
      : undefined
  }
}

/** Ends at the first term that decides: false for AND, true for OR. */
function compileJunction(terms: readonly Evaluate[], decisive: boolean): Evaluate {
  return message => {
    let result: Truth = !decisive
    for (const term of terms) {
      const truth = term(message)
      if (truth === decisive) return decisive
      if (truth === undefined) result = undefined
    }
    return result
  }
}
