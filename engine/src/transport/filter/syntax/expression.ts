import type { PropertyReference } from './property-reference.ts'

/** A constant: a bigint is a 64-bit integer, a number is a double. */
export type Constant = bigint | number | string | boolean | null

export type ArithmeticOperator = '+' | '-' | '*' | '/' | '%'
export type ComparisonOperator = '=' | '<>' | '<' | '<=' | '>' | '>='

export interface Literal {
  readonly kind: 'literal'
  readonly value: Constant
}

export interface PropertyValue {
  readonly kind: 'property'
  readonly property: PropertyReference
}

/** `property(expression)`: the user property whose name the expression yields. */
export interface Lookup {
  readonly kind: 'lookup'
  readonly name: Expression
}

export interface Arithmetic {
  readonly kind: 'arithmetic'
  readonly operator: ArithmeticOperator
  readonly left: Expression
  readonly right: Expression
}

export interface Sign {
  readonly kind: 'sign'
  readonly operator: '+' | '-'
  readonly operand: Expression
}

/** What yields a value. */
export type Expression = Literal | PropertyValue | Lookup | Arithmetic | Sign

/** An expression in the place of a predicate: it holds where its value is TRUE. */
export interface Truth {
  readonly kind: 'truth'
  readonly expression: Expression
}

export interface Comparison {
  readonly kind: 'comparison'
  readonly operator: ComparisonOperator
  readonly left: Expression
  readonly right: Expression
}

export interface Between {
  readonly kind: 'between'
  readonly operand: Expression
  readonly low: Expression
  readonly high: Expression
}

export interface InList {
  readonly kind: 'in'
  readonly operand: Expression
  readonly members: readonly Expression[]
}

export interface Like {
  readonly kind: 'like'
  readonly operand: Expression
  readonly pattern: Expression
  /** One character. */
  readonly escape?: string
}

export interface IsNull {
  readonly kind: 'null'
  readonly operand: PropertyValue | Lookup
}

export interface Exists {
  readonly kind: 'exists'
  readonly operand: PropertyValue | Lookup
}

export interface Not {
  readonly kind: 'not'
  readonly operand: Predicate
}

/** At least two terms, none of which is of the same kind. */
export interface Junction {
  readonly kind: 'and' | 'or'
  readonly terms: readonly Predicate[]
}

/** What is true, false or unknown of a message. `x NOT IN …` is the negation of `x IN …`, and so with the others. */
export type Predicate = Truth | Comparison | Between | InList | Like | IsNull | Exists | Not | Junction

export type Node = Expression | Predicate

const expressionKinds: ReadonlySet<string> = new Set([
  'literal',
  'property',
  'lookup',
  'arithmetic',
  'sign',
] satisfies Expression['kind'][])

export function isExpression(node: Node): node is Expression {
  return expressionKinds.has(node.kind)
}

export function literal(value: Constant): Literal {
  return { kind: 'literal', value }
}

/** The terms in one junction, those of inner junctions of the same kind among them; a single term is itself. */
export function junction(kind: 'and' | 'or', terms: readonly Predicate[]): Predicate {
  const flat = terms.flatMap(term => (term.kind === kind ? term.terms : [term]))
  return flat.length === 1 ? (flat[0] as Predicate) : { kind, terms: flat }
}

const smallestLong = -(2n ** 63n)

/** An expression with a sign before it. The sign of a number goes into the number, where the result is one. */
export function signed(operator: '+' | '-', operand: Expression): Expression {
  if (operand.kind === 'literal') {
    const { value } = operand
    if (typeof value === 'number') return literal(operator === '-' ? -value : value)
    if (typeof value === 'bigint' && operator === '+') return operand
    if (typeof value === 'bigint' && value !== smallestLong) return literal(-value)
  }
  return { kind: 'sign', operator, operand }
}

/** The parts that a node is made of, in the order of the text. */
export function childrenOf(node: Node): readonly Node[] {
  switch (node.kind) {
    case 'literal':
    case 'property':
      return []
    case 'lookup':
      return [node.name]
    case 'arithmetic':
    case 'comparison':
      return [node.left, node.right]
    case 'truth':
      return [node.expression]
    case 'between':
      return [node.operand, node.low, node.high]
    case 'in':
      return [node.operand, ...node.members]
    case 'like':
      return [node.operand, node.pattern]
    case 'and':
    case 'or':
      return node.terms
    default:
      return [node.operand]
  }
}
