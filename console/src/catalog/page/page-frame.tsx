import { Skeleton } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { asProblem } from '../../api/problem.ts'
import { ProblemAlert } from '../../ui/problem-alert.tsx'
import { usePageTitle } from '../../ui/use-page-title.ts'
import { Worded } from '../../ui/worded.tsx'
import css from './page.module.css'

interface PageFrameProps {
  /** What the page is about; also its title. */
  readonly name: string
  readonly kind: string
  readonly children: ReactNode
}

/** A page below the catalogue, with the way back to it. */
export function PageFrame({ name, kind, children }: PageFrameProps) {
  usePageTitle(`${name} · Catalogue`)
  return (
    <div className={css.page}>
      <div className={css.inner}>
        <nav aria-label="Breadcrumb" className={css.crumbs}>
          <Link to="/catalog">Catalogue</Link> <span aria-hidden>/</span> {kind} <span aria-hidden>/</span>{' '}
          {name}
        </nav>
        {children}
      </div>
    </div>
  )
}

interface AwaitedProps {
  readonly query: {
    readonly isPending: boolean
    readonly isError: boolean
    readonly error: unknown
    readonly refetch: () => unknown
  }
  /** What is loaded, for the words: `event type`. */
  readonly what: string
}

/** What stands in for a page while it is loaded, and when it cannot be. */
export function Awaited({ query, what }: AwaitedProps) {
  if (query.isPending) {
    return (
      <>
        <h1 className={css.loading}>Loading the {what}</h1>
        <Skeleton h={26} w="45%" mb={14} />
        <Skeleton h={14} w="80%" mb={32} />
        <Skeleton h={320} />
      </>
    )
  }
  if (!query.isError) return null
  const problem = asProblem(query.error)
  const isMissing = problem.status === 404
  return (
    <>
      <h1 className={css.heading} style={{ margin: '14px 0 12px' }}>
        {isMissing ? `There is no such ${what}` : `The ${what} cannot be shown`}
      </h1>
      <ProblemAlert error={problem} onRetry={isMissing ? undefined : () => void query.refetch()} />
    </>
  )
}

export function Part({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <section className={css.part}>
      <h2>{title}</h2>
      {children}
    </section>
  )
}

export function Sentences({ lines }: { readonly lines: readonly string[] }) {
  return (
    <ul className={css.sentences}>
      {lines.map(line => (
        <li key={line}>
          <Worded text={line} />
        </li>
      ))}
    </ul>
  )
}
