import type { Constant, Expression } from '../syntax/expression.ts'
import type { PropertyReference } from '../syntax/property-reference.ts'
import { isRegularName } from '../token/token.ts'

/** `keelson` reads back as it was; `service-bus` keeps to what Azure Service Bus documents. */
export type FilterDialect = 'keelson' | 'service-bus'

const strength = { sum: 1, product: 2, sign: 3, value: 4 } as const

export function printExpression(expression: Expression, dialect: FilterDialect, needed = 0): string {
  const [text, own] = print(expression, dialect)
  return own < needed ? `(${text})` : text
}

/** The text of an expression and how strongly it holds together. */
function print(expression: Expression, dialect: FilterDialect): readonly [string, number] {
  switch (expression.kind) {
    case 'literal':
      return [printConstant(expression.value), strength.value]
    case 'property':
      return [printProperty(expression.property, dialect), strength.value]
    case 'lookup':
      return [`property(${printExpression(expression.name, dialect)})`, strength.value]
    case 'sign': {
      const operand = printExpression(expression.operand, dialect, strength.sign)
      // Two signs in a row need a space: two minuses begin a comment elsewhere.
      return [`${expression.operator}${/^[+-]/.test(operand) ? ' ' : ''}${operand}`, strength.sign]
    }
    default: {
      const { operator } = expression
      const own = operator === '+' || operator === '-' ? strength.sum : strength.product
      const left = printExpression(expression.left, dialect, own)
      const right = printExpression(expression.right, dialect, own + 1)
      return [`${left} ${operator} ${right}`, own]
    }
  }
}

/** A constant as it is written: a double always with a point, so that it is not taken for an integer. */
export function printConstant(constant: Constant): string {
  if (constant === null) return 'NULL'
  if (typeof constant === 'string') return printText(constant)
  if (typeof constant === 'boolean') return constant ? 'TRUE' : 'FALSE'
  if (typeof constant === 'bigint') return String(constant)
  const sign = Object.is(constant, -0) ? '-' : ''
  const [digits = '', exponent] = String(constant).split('e')
  const mantissa = digits.includes('.') ? digits : `${digits}.0`
  return sign + mantissa + (exponent === undefined ? '' : `E${exponent.replace('+', '')}`)
}

export function printText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`
}

export function printProperty(property: PropertyReference, dialect: FilterDialect): string {
  if (property.scope === 'sys') return `sys.${property.name}`
  const { name, path } = property
  const bracketed = `[${name.replaceAll(']', ']]')}]`
  if (dialect === 'service-bus') return `user.${isRegularName(name) ? name : bracketed}`
  const isScoped = path.length > 1 && (path[0] === 'sys' || path[0] === 'user')
  return !isScoped && name.split('.').every(isRegularName) ? name : bracketed
}
