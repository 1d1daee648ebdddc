import type { FilterMessage } from '../message/filter-message.ts'
import type { Constant, Expression } from '../syntax/expression.ts'
import { filterLimits } from '../syntax/limits.ts'
import type { PropertyReference } from '../syntax/property-reference.ts'
import { userReference } from '../syntax/property-reference.ts'
import { calculate, numeric, opposite } from './calculate.ts'
import type { Value } from './value.ts'
import { toDouble, toLong } from './value.ts'

/** Reads from a message what may be a value; who uses it brings it into one. */
export type Read = (message: FilterMessage) => unknown

export function compileExpression(expression: Expression): Read {
  switch (expression.kind) {
    case 'literal': {
      const value = constantValue(expression.value)
      return () => value
    }
    case 'property':
      return compileProperty(expression.property)
    case 'lookup':
      return compileLookup(compileExpression(expression.name))
    case 'sign': {
      const operand = compileExpression(expression.operand)
      const change = expression.operator === '-' ? opposite : numeric
      return message => change(operand(message))
    }
    default: {
      const { operator } = expression
      const left = compileExpression(expression.left)
      const right = compileExpression(expression.right)
      return message => calculate(operator, left(message), right(message))
    }
  }
}

function constantValue(constant: Constant): Value {
  if (constant === null) return undefined
  if (typeof constant === 'bigint') return toLong(constant)
  return typeof constant === 'number' ? toDouble(constant) : constant
}

function compileProperty(property: PropertyReference): Read {
  if (property.scope === 'user') return message => message.property(property)
  const { name } = property
  return message => message.sys(name)
}

function compileLookup(readName: Read): Read {
  return message => {
    const name = readName(message)
    if (typeof name !== 'string' || name === '' || name.length > filterLimits.name) return undefined
    return message.property(userReference(name))
  }
}
