import { VisuallyHidden } from '@mantine/core'
import { useMemo } from 'react'
import type { JsonSchema } from '../../../api/catalog-types.ts'
import { type DiffLine, foldDiff, lineDiff } from './line-diff.ts'
import css from './version.module.css'

interface SchemaDiffProps {
  readonly before: JsonSchema
  readonly after: JsonSchema
}

const SIGN_WORD = { '+': 'added: ', '-': 'removed: ', ' ': '' } as const

/** What was taken from and added to the text of a schema. */
export function SchemaDiff({ before, after }: SchemaDiffProps) {
  const parts = useMemo(
    () => foldDiff(lineDiff(JSON.stringify(before, null, 2), JSON.stringify(after, null, 2))),
    [before, after],
  )
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
    <section className={css.diff} aria-label="Differences of the schemas, line by line" tabIndex={0}>
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
