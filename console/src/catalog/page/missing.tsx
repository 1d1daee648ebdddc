import { Link, type LinkProps } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { nearestNames } from '../model/nearest-names.ts'
import css from './page.module.css'

interface MissingProps {
  /** What is missing, for the words: `command`. */
  readonly what: string
  readonly name: string
  /** Names that there are: the nearest are offered. */
  readonly known: readonly string[]
  readonly toPage: (name: string) => Pick<LinkProps, 'to' | 'params'>
  /** What else is known of it. */
  readonly children?: ReactNode
}

/** Where the catalogue is there, and the thing is not in it. */
export function Missing({ what, name, known, toPage, children }: MissingProps) {
  const nearest = nearestNames(name, known)
  return (
    <div className={css.missing}>
      <h1 className={css.heading} style={{ margin: '14px 0 8px' }}>
        There is no such {what}
      </h1>
      {children || (
        <p className="dim">
          The catalogue of this tenant has no {what} named <span className="mono">{name}</span>.
        </p>
      )}
      {nearest.length > 0 && (
        <p className={css.links}>
          Did you mean
          {nearest.map(near => (
            <Link key={near} {...toPage(near)}>
              {near}
            </Link>
          ))}
        </p>
      )}
      <p>
        <Link to="/catalog">Go to the catalogue</Link>
      </p>
    </div>
  )
}
