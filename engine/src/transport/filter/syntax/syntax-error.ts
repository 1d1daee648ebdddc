import type { ErrorCode } from '../../../core/index.ts'
import { KeelsonError } from '../../../core/index.ts'

/** A place in the text of a filter. */
export interface FilterPosition {
  /** UTF-16 code units before the place. */
  readonly offset: number
  /** From 1. */
  readonly line: number
  /** From 1, in UTF-16 code units. */
  readonly column: number
}

export interface SyntaxHelp {
  readonly code?: ErrorCode
  readonly expected?: readonly string[]
  /** How to mend it, a sentence. */
  readonly hint?: string
}

export function positionAt(text: string, offset: number): FilterPosition {
  const lines = text.slice(0, offset).split(/\r\n|\r|\n/)
  return { offset, line: lines.length, column: (lines.at(-1) as string).length + 1 }
}

/** A piece of a filter in a message, cut short. */
export function quoted(piece: string): string {
  return JSON.stringify(piece.length > 40 ? `${piece.slice(0, 40)}…` : piece)
}

/** The error about one place; its details are the position, `expected` and `hint`. */
export function syntaxError(
  text: string,
  offset: number,
  problem: string,
  help: SyntaxHelp = {},
): KeelsonError {
  const { code = 'filter_invalid', ...rest } = help
  const position = positionAt(text, offset)
  const place = `line ${position.line}, column ${position.column}`
  const advice = help.hint === undefined ? '' : ` ${help.hint}`
  return new KeelsonError(code, `${problem} at ${place}.${advice}`, { ...position, ...rest })
}
