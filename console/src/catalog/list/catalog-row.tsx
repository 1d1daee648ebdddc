import { Link, type LinkProps } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import type { Aspect } from '../model/search.ts'
import css from './list.module.css'
import { Marked } from './marked.tsx'

interface CatalogRowProps {
  readonly to: Pick<LinkProps, 'to' | 'params'>
  readonly name: string
  readonly summary: string
  readonly words: readonly string[]
  /** What the search found, where neither name nor summary shows it. */
  readonly why?: Aspect | undefined
  readonly beside?: ReactNode
  readonly facts: readonly string[]
}

/** One line of a list: the name leads to its page. */
export function CatalogRow({ to, name, summary, words, why, beside, facts }: CatalogRowProps) {
  return (
    <li className={css.row}>
      <Link {...to} className={css.link} data-row>
        <span className={css.name}>
          <Marked text={name} words={words} />
        </span>
        {beside}
        <span className={css.summary}>
          <Marked text={summary} words={words} />
          {why && (
            <span className={css.why}>
              {why.kind} <Marked text={why.text} words={words} />
            </span>
          )}
        </span>
        <span className={css.facts}>{facts.join(' · ')}</span>
      </Link>
    </li>
  )
}
