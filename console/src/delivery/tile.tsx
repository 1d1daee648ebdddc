import type { ReactNode } from 'react'
import css from './tile.module.css'

interface TileProps {
  readonly label: string
  /** What the number counts, where that is not plain. */
  readonly hint?: string
  readonly value: ReactNode
  readonly note?: ReactNode
  readonly tone?: 'plain' | 'warn' | 'bad'
}

/** One number that matters, with what it is. */
export function Tile({ label, hint, value, note, tone = 'plain' }: TileProps) {
  return (
    <div className={css.tile} data-tone={tone} title={hint}>
      <dt className={css.label}>{label}</dt>
      <dd className={css.value}>{value}</dd>
      {note !== undefined && <dd className={css.note}>{note}</dd>}
    </div>
  )
}

export function Tiles({ label, children }: { readonly label: string; readonly children: ReactNode }) {
  return (
    <dl className={css.tiles} aria-label={label}>
      {children}
    </dl>
  )
}
