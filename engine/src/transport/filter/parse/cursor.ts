import type { ErrorCode, KeelsonError } from '../../../core/index.ts'
import type { Node } from '../syntax/expression.ts'
import { childrenOf } from '../syntax/expression.ts'
import { filterLimits } from '../syntax/limits.ts'
import type { FilterPosition } from '../syntax/syntax-error.ts'
import { positionAt, quoted, syntaxError } from '../syntax/syntax-error.ts'
import type { Keyword, Token } from '../token/token.ts'

/** Something that is allowed and hardly meant. */
export interface FilterWarning extends FilterPosition {
  readonly message: string
}

/** A place in a filter's words, with what the parser has to remember: how deep it is and how much it has made. */
export class Cursor {
  readonly text: string
  readonly warnings: FilterWarning[] = []
  readonly #tokens: readonly Token[]
  readonly #depths = new Map<Node, number>()
  #at = 0
  #nesting = 0
  #nodes = 0

  constructor(text: string, tokens: readonly Token[]) {
    this.text = text
    this.#tokens = tokens
  }

  /** The token `ahead` of the next one; past the end the last one. */
  peek(ahead = 0): Token {
    return (this.#tokens[this.#at + ahead] ?? this.#tokens.at(-1)) as Token
  }

  next(): Token {
    const token = this.peek()
    if (token.kind !== 'end') this.#at += 1
    return token
  }

  isNext(kind: 'symbol' | 'keyword', text: string, ahead = 0): boolean {
    const token = this.peek(ahead)
    return token.kind === kind && token.text === text
  }

  symbol(text: string): boolean {
    const found = this.isNext('symbol', text)
    if (found) this.next()
    return found
  }

  keyword(text: Keyword): boolean {
    const found = this.isNext('keyword', text)
    if (found) this.next()
    return found
  }

  expectSymbol(text: string, hint?: string): void {
    if (!this.symbol(text)) throw this.unexpected([text], hint)
  }

  expectKeyword(text: Keyword, hint?: string): void {
    if (!this.keyword(text)) throw this.unexpected([text], hint)
  }

  /** Runs a rule one level deeper, which is what keeps the parser's own recursion bounded. */
  nested<Result>(rule: () => Result): Result {
    this.#nesting += 1
    if (this.#nesting > filterLimits.depth) throw this.tooDeep(this.peek())
    const result = rule()
    this.#nesting -= 1
    return result
  }

  /** Counts a node that was made at a token, and measures how deep the tree under it is. */
  made<Made extends Node>(node: Made, at: Token): Made {
    this.#nodes += 1
    if (this.#nodes > filterLimits.nodes)
      throw this.tooLarge(at, `The filter has more than ${filterLimits.nodes} parts`)
    let depth = 0
    for (const child of childrenOf(node)) depth = Math.max(depth, this.#depths.get(child) ?? 0)
    if (depth + 1 > filterLimits.depth) throw this.tooDeep(at)
    this.#depths.set(node, depth + 1)
    return node
  }

  /** Says that another token stands where one of `expected` should. */
  unexpected(expected: readonly string[], hint?: string): KeelsonError {
    const token = this.peek()
    const found = token.kind === 'end' ? 'the end' : quoted(this.text.slice(token.start, token.end))
    return syntaxError(this.text, token.start, `Expected ${expected.join(' or ')} and found ${found}`, {
      expected,
      ...(hint === undefined ? {} : { hint }),
    })
  }

  error(at: Token, problem: string, hint?: string, code?: ErrorCode): KeelsonError {
    return syntaxError(this.text, at.start, problem, {
      ...(hint === undefined ? {} : { hint }),
      ...(code === undefined ? {} : { code }),
    })
  }

  warn(at: Token, message: string): void {
    if (this.warnings.length < filterLimits.warnings)
      this.warnings.push({ ...positionAt(this.text, at.start), message })
  }

  tooLarge(at: Token, problem: string): KeelsonError {
    return this.error(at, problem, undefined, 'filter_too_large')
  }

  tooDeep(at: Token): KeelsonError {
    return this.tooLarge(at, `The filter is nested more than ${filterLimits.depth} levels deep`)
  }
}
