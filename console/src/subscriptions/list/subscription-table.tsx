import { IconArrowDown } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import type { SubscriptionItem } from '../../api/delivery-types.ts'
import table from '../../delivery/table.module.css'
import type { Sort } from '../model/search.ts'
import { LAG_MEANING, LATER_MEANING } from '../model/words.ts'
import { SubscriptionRow } from './subscription-row.tsx'

interface SubscriptionTableProps {
  readonly rows: readonly SubscriptionItem[]
  readonly sort: Sort
  readonly onSort: (sort: Sort | undefined) => void
}

export function SubscriptionTable({ rows, sort, onSort }: SubscriptionTableProps) {
  const head = (by: Sort, children: ReactNode, className?: string) => (
    <th className={className} aria-sort={sort === by ? (by === 'name' ? 'ascending' : 'descending') : 'none'}>
      <button
        type="button"
        className={table.sort}
        aria-pressed={sort === by}
        title={by === 'lag' ? LAG_MEANING : undefined}
        onClick={() => onSort(by === 'name' || sort === by ? undefined : by)}
      >
        {children}
        {sort === by && by !== 'name' && <IconArrowDown size={13} aria-hidden />}
      </button>
    </th>
  )
  return (
    <section className={table.scroll} aria-label="List of subscriptions">
      <table className={`${table.table} ${table.broad}`}>
        <thead>
          <tr>
            {head('name', 'Name')}
            <th>State</th>
            {head('lag', 'Behind', table.number)}
            <th>Last ten minutes</th>
            <th className={table.number}>Handled</th>
            {head('failed', 'Failed', table.number)}
            {head('retries', 'Retries', table.number)}
            <th className={table.number} title={LATER_MEANING}>
              Later
            </th>
            {head('dead', 'Dead letters', table.number)}
            <th>Breaker</th>
            <th>Owner</th>
          </tr>
        </thead>
        <tbody>
          {rows.map(item => (
            <SubscriptionRow key={item.name} item={item} />
          ))}
        </tbody>
      </table>
    </section>
  )
}
