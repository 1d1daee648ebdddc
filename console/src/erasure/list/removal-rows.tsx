import { type ReactNode, useState } from 'react'
import type { Removal } from '../../api/log-query.ts'
import table from '../../delivery/table.module.css'
import { countText, numberText } from '../../delivery/words.ts'
import css from '../erasure.module.css'
import {
  everything,
  type Filter,
  findRemovals,
  isNarrowed,
  REMOVAL_SHOWS,
  type RemovalShow,
} from '../model/filter.ts'
import { RemovalFilter } from './removal-filter.tsx'

/** Rows that are drawn until more are asked for. */
const PAGE = 100

interface RemovalRowsProps<Item extends Removal> {
  readonly items: readonly Item[]
  /** Of the list: `Erasures`. */
  readonly label: string
  readonly what: string
  readonly hint: string
  readonly head: ReactNode
  readonly row: (item: Item) => ReactNode
  /** Whether older ones are still to come. */
  readonly isGrowing: boolean
}

/** A table of removals with its filter, the newest first. */
export function RemovalRows<Item extends Removal>(props: RemovalRowsProps<Item>) {
  const { items, label, what, hint, head, row, isGrowing } = props
  const [filter, setFilter] = useState<Filter<RemovalShow>>(everything)
  const [shown, setShown] = useState(PAGE)
  const found = findRemovals(items, filter)
  return (
    <>
      <RemovalFilter what={what} hint={hint} filter={filter} onChange={setFilter} shows={REMOVAL_SHOWS} />
      <p className={css.lead} role="status">
        {isNarrowed(filter)
          ? `${numberText(found.length)} of ${countText(items.length, what.slice(0, -1))}`
          : countText(items.length, what.slice(0, -1))}
        {isGrowing && ', more are loaded'}
      </p>
      {found.length === 0 && <p className={css.none}>None of the {what} fits.</p>}
      {found.length > 0 && (
        <div className={table.plain}>
          <table className={table.table} aria-label={label}>
            <thead>
              <tr>{head}</tr>
            </thead>
            <tbody>{found.slice(0, shown).map(row)}</tbody>
          </table>
        </div>
      )}
      {found.length > shown && (
        <button type="button" className={css.more} onClick={() => setShown(shown + PAGE)}>
          Show more
        </button>
      )}
    </>
  )
}
