import type { JsonValue } from '../../../core/index.ts'

/** Text from a definition, so that nothing in it is taken as markup. */
export function prose(text: string): string {
  return text
    .replace(/\s+/g, ' ')
    .replace(/[\\<[\]*`|]/g, '\\$&')
    .replace(/(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/gu, '\\_')
    .replace(/^(#|>|[-+](?= )|\d+(?=[.)] ))/, '\\$1')
}

/** As it stands, in a code span. */
export function code(text: string): string {
  const flat = text.replace(/\s+/g, ' ')
  const longest = Math.max(0, ...[...flat.matchAll(/`+/g)].map(([run]) => run.length))
  const fence = '`'.repeat(longest + 1)
  const pad = flat.startsWith('`') || flat.endsWith('`') ? ' ' : ''
  return `${fence}${pad}${flat}${pad}${fence}`
}

export function fenced(language: string, text: string): string {
  return `\`\`\`${language}\n${text.trimEnd()}\n\`\`\``
}

export const json = (value: JsonValue | object): string => fenced('json', JSON.stringify(value, null, 2))

/** Cells hold Markdown; their bars are escaped where they are not already. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map(cell => cell.replace(/(?<!\\)\|/g, '\\|')).join(' | ')} |`
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n')
}

export const list = (items: readonly string[]): string => items.map(item => `- ${item}`).join('\n')

/** A heading with what stands under it; nothing where there is nothing. */
export function section(heading: string, ...parts: readonly string[]): string[] {
  const content = parts.filter(part => part !== '')
  return content.length === 0 ? [] : [`## ${heading}`, ...content]
}
