import { VisuallyHidden } from '@mantine/core'
import { useMemo } from 'react'
import css from './diff.module.css'
import { type DiffLine, foldDiff, lineDiff } from './line-diff.ts'

interface TextDiffProps {
  readonly before: string
  readonly after: string
  readonly label: string
}

const SIGN_WORD = { '+': 'added: ', '-': 'removed: ', ' ': '' } as const

/** What was taken from and added to a text, line by line. */
export function TextDiff({ before, after, label }: TextDiffProps) {
  const parts = useMemo(() => foldDiff(lineDiff(before, after)), [before, after])
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
    <section className={css.diff} aria-label={label} tabIndex={0}>
      {parts.map((part, at) =>
        'skipped' in part ? (
          // biome-ignore lint/suspicious/noArrayIndexKey: parts have no name but their place
          <div key={at} className={css.skipped}>
            {part.skipped} equal {part.skipped === 1 ? 'line' : 'lines'}
          </div>
        ) : (
          // biome-ignore lint/suspicious/noArrayIndexKey: parts have no name but their place
          <Lines key={at} lines={part.lines} />
        ),
      )}
    </section>
  )
}

function Lines({ lines }: { readonly lines: readonly DiffLine[] }) {
  return lines.map(({ sign, text }, at) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: lines have no name but their place
    <div key={at} className={css.line} data-sign={sign}>
      <span className={css.sign} aria-hidden>
        {sign}
      </span>
      {sign !== ' ' && <VisuallyHidden component="span">{SIGN_WORD[sign]}</VisuallyHidden>}
      {text}
    </div>
  ))
}
