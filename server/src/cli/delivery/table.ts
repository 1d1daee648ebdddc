import { printable } from '../event-line.ts'
import { CommandFailure, exitCodes } from '../exit-code.ts'

const widest = 48

/** Rows under their headings, each column as wide as it must be; numbers stand to the right. */
export function table(headings: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const cells = rows.map(row => row.map(cell => cut(printable(String(cell)))))
  const widths = headings.map((heading, at) =>
    Math.max(heading.length, ...cells.map(row => row[at]?.length ?? 0)),
  )
  const isNumber = headings.map((_, at) => rows.length > 0 && rows.every(row => typeof row[at] === 'number'))
  const line = (row: readonly string[]) =>
    row
      .map((cell, at) => (isNumber[at] ? cell.padStart(widths[at] ?? 0) : cell.padEnd(widths[at] ?? 0)))
      .join('  ')
      .trimEnd()
  return [line(headings), ...cells.map(line)].map(text => `${text}\n`).join('')
}

const cut = (text: string): string => (text.length > widest ? `${text.slice(0, widest - 1)}…` : text)

/** `1.5 s`, `4 min`, `3 h`, `2 d`. */
export function duration(seconds: number): string {
  if (seconds < 60) return `${Math.round(seconds * 10) / 10} s`
  if (seconds < 3_600) return `${Math.round(seconds / 60)} min`
  if (seconds < 86_400) return `${Math.round(seconds / 3_600)} h`
  return `${Math.round(seconds / 86_400)} d`
}

/** A number of a flag. @throws CommandFailure with exit code 2. */
export function flagNumber(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  const value = Number(text)
  if (text.trim() !== '' && Number.isFinite(value)) return value
  throw new CommandFailure(`--${name} takes a number, and "${text}" is none`, exitCodes.usage)
}
