import { type KeyboardEvent, useCallback, useState } from 'react'
import type { EventItem } from '../api/types.ts'
import type { ChangeSearch } from './use-search.ts'

const STEPS: Readonly<Record<string, number>> = {
  ArrowDown: 1,
  j: 1,
  ArrowUp: -1,
  k: -1,
  PageDown: 15,
  PageUp: -15,
  Home: Number.NEGATIVE_INFINITY,
  End: Number.POSITIVE_INFINITY,
}

export const GRID_ID = 'events-grid'

const focusGrid = () => document.getElementById(GRID_ID)?.focus({ preventScroll: true })

/** The active row, the selected one, and the keys that move them. Rows are known by id: live ones move down. */
export function useRows(rows: readonly EventItem[], selected: string | undefined, change: ChangeSearch) {
  const [activeId, setActive] = useState(selected)

  const select = useCallback(
    (eventId: string, how?: { replace: boolean }) => change(before => ({ ...before, event: eventId }), how),
    [change],
  )
  const open = useCallback(
    (event: EventItem) => {
      setActive(event.eventId)
      select(event.eventId)
    },
    [select],
  )
  const close = () => {
    if (!selected) return
    change(({ event: _event, ...rest }) => rest)
    focusGrid()
  }

  const step = (by: number) => {
    if (rows.length === 0) return
    const at = rows.findIndex(row => row.eventId === activeId)
    const next = rows[at < 0 ? 0 : Math.min(rows.length - 1, Math.max(0, at + by))]!
    setActive(next.eventId)
    focusGrid()
    // An open panel follows; each row it passes is no step of the browser's history.
    if (selected) select(next.eventId, { replace: true })
  }

  const onKey = (event: KeyboardEvent) => {
    if ((event.target as Element).closest('button') || event.ctrlKey || event.metaKey || event.altKey) return
    const by = Object.hasOwn(STEPS, event.key) ? STEPS[event.key] : undefined
    if (by !== undefined) step(by)
    else if (event.key === 'Enter' && activeId) select(activeId)
    else return
    event.preventDefault()
  }
  return { activeId, open, close, step, onKey }
}
