import { Button } from '@mantine/core'
import { useSearch } from '@tanstack/react-router'
import { type Ref, useCallback, useState } from 'react'
import type { HoldItem } from '../../api/log-types.ts'
import { Mark } from '../../delivery/mark.tsx'
import table from '../../delivery/table.module.css'
import { numberText } from '../../delivery/words.ts'
import { Timestamp } from '../../time/timestamp.tsx'
import css from '../erasure.module.css'
import { RemovalFilter } from '../list/removal-filter.tsx'
import { everything, type Filter, hasWords, type Show } from '../model/filter.ts'
import { scopeText } from '../words.ts'
import { type HoldDeeds, useHoldDeeds } from './hold-deeds.ts'

type HoldShow = 'all' | 'active' | 'released'

const SHOWS: readonly Show<HoldShow>[] = [
  { name: 'all', label: 'Every state' },
  { name: 'active', label: 'Active' },
  { name: 'released', label: 'Released' },
]

interface HoldTableProps {
  readonly holds: readonly HoldItem[]
  readonly onRelease: (hold: HoldItem) => void
}

/** The holds with their filter, the newest first; the one that a link leads to is shown. */
export function HoldTable({ holds, onRelease }: HoldTableProps) {
  const { id: reached } = useSearch({ from: '/signed-in/erasure' })
  const [filter, setFilter] = useState<Filter<HoldShow>>(everything)
  const deedsOf = useHoldDeeds()
  const reach = useCallback((row: HTMLTableRowElement | null) => row?.scrollIntoView({ block: 'center' }), [])
  const rows = holds
    .map(hold => ({ hold, deeds: deedsOf(hold.id) }))
    .filter(({ hold, deeds }) => fits(hold, deeds, filter))
    .toReversed()
  return (
    <>
      <RemovalFilter
        what="holds"
        hint="what they cover, reasons and names"
        filter={filter}
        onChange={setFilter}
        shows={SHOWS}
      />
      {rows.length === 0 && <p className={css.none}>None of the holds fits.</p>}
      {rows.length > 0 && (
        <div className={table.plain}>
          <table className={table.table} aria-label="Holds">
            <thead>
              <tr>
                <th>State</th>
                <th>Covers</th>
                <th className={table.number}>Entries</th>
                <th className={table.wide}>Reason</th>
                <th>Set</th>
                <th>Set by</th>
                <th>
                  <span className={css.hidden}>Actions</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {rows.map(({ hold, deeds }) => (
                <HoldRow
                  key={hold.id}
                  hold={hold}
                  deeds={deeds}
                  onRelease={() => onRelease(hold)}
                  {...(hold.id === reached && { reach })}
                />
              ))}
            </tbody>
          </table>
        </div>
      )}
    </>
  )
}

function fits(hold: HoldItem, { setBy, releasedBy }: HoldDeeds, { show, words }: Filter<HoldShow>): boolean {
  const isActive = hold.releasedAt === null
  if (show !== 'all' && isActive !== (show === 'active')) return false
  const names = [setBy ?? null, releasedBy ?? null]
  return hasWords(words, [hold.id, scopeText(hold.scope), hold.reason, hold.releaseReason, ...names])
}

interface HoldRowProps {
  readonly hold: HoldItem
  readonly deeds: HoldDeeds
  readonly onRelease: () => void
  /** Of the hold that a link leads to. */
  readonly reach?: Ref<HTMLTableRowElement>
}

function HoldRow({ hold, deeds, onRelease, reach }: HoldRowProps) {
  const { scope, matches, reason, at, releasedAt, releaseReason } = hold
  const isActive = releasedAt === null
  return (
    <tr {...(reach && { ref: reach, className: css.reached, 'aria-current': 'true' as const })}>
      <td className={table.nowrap}>
        <Mark tone={isActive ? 'warn' : 'mute'}>{isActive ? 'active' : 'released'}</Mark>
      </td>
      <td className={css.cut} title={scopeText(scope)}>
        {scopeText(scope)}
      </td>
      <td className={table.number} title="Entries of the log that it covered when it was set">
        {matches === null ? (
          <span className="dim">all</span>
        ) : (
          <Entries count={matches} isActive={isActive} />
        )}
      </td>
      <td className={table.wide}>
        <span className={table.sub} title={reason}>
          {reason}
        </span>
        {releasedAt !== null && (
          <span className={table.sub} title={releaseReason ?? undefined}>
            released: {releaseReason}
            {deeds.releasedBy !== undefined && `, by ${deeds.releasedBy}`}, <Timestamp value={releasedAt} />
          </span>
        )}
      </td>
      <td className={table.nowrap}>
        <Timestamp value={at} />
      </td>
      <td className={css.cut}>{deeds.setBy ?? <span className="dim">—</span>}</td>
      <td className={table.number}>
        {isActive && (
          <Button size="compact-xs" variant="default" onClick={onRelease}>
            Release…
          </Button>
        )}
      </td>
    </tr>
  )
}

/** A hold that covers nothing is most likely on a wrong name. */
function Entries({ count, isActive }: { readonly count: number; readonly isActive: boolean }) {
  if (count === 0 && isActive) return <Mark tone="bad">none</Mark>
  return numberText(count)
}
