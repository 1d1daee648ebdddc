import css from './list.module.css'

interface MarkedProps {
  readonly text: string
  /** In lower case. */
  readonly words: readonly string[]
}

const escaped = (word: string) => word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')

/** A text with the words of a search marked in it. */
export function Marked({ text, words }: MarkedProps) {
  if (words.length === 0) return text
  const longestFirst = [...words].sort((a, b) => b.length - a.length)
  const parts = text.split(new RegExp(`(${longestFirst.map(escaped).join('|')})`, 'gi'))
  return parts.map((part, at) =>
    at % 2 === 1 ? (
      // biome-ignore lint/suspicious/noArrayIndexKey: parts have no name but their place
      <mark key={at} className={css.marked}>
        {part}
      </mark>
    ) : (
      part
    ),
  )
}
