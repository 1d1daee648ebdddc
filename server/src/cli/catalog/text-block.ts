import type { FieldRow, PersonalField } from 'keelson'
import { printable } from '../event-line.ts'

/** Lines of a page on the terminal; those that are undefined are left out. */
export function page(lines: readonly (string | undefined)[]): string {
  return lines
    .filter(line => line !== undefined)
    .map(printable)
    .join('\n')
}

/** A line with a name before its value; nothing where it has none. */
export const fact = (name: string, value: string | undefined): string | undefined =>
  value === undefined || value === '' ? undefined : `${name.padEnd(16)} ${value}`

/** Lines under a heading; nothing where there are none. */
export function block(heading: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : ['', heading, ...lines.map(line => `  ${line}`)]
}

export function exampleBlock(examples: readonly unknown[]): string[] {
  return block(
    examples.length === 1 ? 'Example' : 'Examples',
    examples.map(example => JSON.stringify(example)),
  )
}

export function fieldBlock(rows: readonly FieldRow[]): string[] {
  const width = Math.min(40, Math.max(0, ...rows.map(row => row.path.length)))
  const lines = rows.map(({ path, type, isRequired, personal, description }) => {
    const marks = [type, ...(isRequired ? ['required'] : []), ...(personal === undefined ? [] : ['personal'])]
    const what = marks.join(', ')
    return `${path.padEnd(width)}  ${description === '' ? what : `${what}. ${description}`}`
  })
  return block('Fields', lines)
}

export function personalBlock(personal: readonly PersonalField[]): string[] {
  const lines = personal.map(({ pointer, subject, kind }) => {
    const what = kind === undefined ? '' : ` (${kind})`
    return `${pointer}${what}, of the person that ${subject} names`
  })
  return block('Personal data', lines)
}
