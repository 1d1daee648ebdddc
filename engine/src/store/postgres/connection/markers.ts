import { KeelsonError } from '../../../core/index.ts'

/** Where a marker may not be looked for: literals, quoted names, comments, text between dollars. */
const token =
  /'(?:[^']|'')*'|"(?:[^"]|"")*"|--[^\n]*|\/\*[\s\S]*?\*\/|\$([A-Za-z_]\w*)?\$[\s\S]*?\$\1\$|\?(\d*)/g
/** As above, where a backslash escapes in a literal. */
const escaped = /\bE'(?:[^'\\]|''|\\[\s\S])*'/gi

/**
 * Turns the markers `?` and `?1` of a statement into PostgreSQL's `$1`; a plain one is the next after the largest so
 * far, as in SQLite. The operators of JSON that hold a question mark have functions to use instead.
 *
 * @throws KeelsonError `read_invalid` with a marker that names no parameter.
 */
export function toDollars(sql: string): string {
  if (!sql.includes('?')) return sql
  let largest = 0
  const replace = (text: string): string =>
    text.replace(token, (found, _tag: string | undefined, number: string | undefined) => {
      if (!found.startsWith('?')) return found
      const wanted = number === undefined || number === '' ? largest + 1 : Number(number)
      if (wanted < 1 || wanted > 65_535)
        throw new KeelsonError('read_invalid', `${found} names no parameter of a statement`)
      largest = Math.max(largest, wanted)
      return `$${wanted}`
    })
  let result = ''
  let from = 0
  for (const match of sql.matchAll(escaped)) {
    result += replace(sql.slice(from, match.index)) + match[0]
    from = match.index + match[0].length
  }
  return result + replace(sql.slice(from))
}

/** A text as a SQL literal. */
export function literal(text: string): string {
  const quoted = text.replaceAll("'", "''")
  return text.includes('\\') ? ` E'${quoted.replaceAll('\\', '\\\\')}'` : `'${quoted}'`
}

/** A name as a quoted identifier. */
export function identifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}
