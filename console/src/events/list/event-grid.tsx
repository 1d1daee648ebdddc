// biome-ignore-all lint/a11y/useSemanticElements: a virtual list of positioned rows cannot be a table
// biome-ignore-all lint/a11y/useFocusableInteractive: focus stays on the grid, which points at the active row
import { Button } from '@mantine/core'
import { IconArrowUp } from '@tabler/icons-react'
import { useVirtualizer } from '@tanstack/react-virtual'
import { type KeyboardEvent, type ReactNode, useEffect, useRef } from 'react'
import type { EventItem } from '../../api/types.ts'
import { useSeesPersonal } from '../../auth/use-me.ts'
import { useTimePreferences } from '../../time/context.tsx'
import { GRID_ID } from '../use-rows.ts'
import { EventRow, rowId } from './event-row.tsx'
import css from './grid.module.css'
import { GridHeader } from './grid-header.tsx'

export const ROW = 34
const HEADER = 32
const NEAR_END = 30

interface EventGridProps {
  readonly rows: readonly EventItem[]
  /** All rows there are, the unloaded ones too; undefined when nobody counted. */
  readonly total: number | undefined
  readonly order: 'asc' | 'desc'
  /** Names the query whose rows these are; another one begins at its top. */
  readonly queryKey: string
  readonly activeId: string | undefined
  readonly selectedId: string | undefined
  readonly waiting: number
  readonly stale: boolean
  readonly footer: ReactNode
  readonly onOrder: () => void
  readonly onOpen: (event: EventItem) => void
  readonly onKey: (event: KeyboardEvent) => void
  readonly onNearEnd: () => void
  readonly onScrolled: (scrolled: boolean) => void
  readonly onShowWaiting: () => void
}

export function EventGrid(props: EventGridProps) {
  const { rows, activeId, waiting } = props
  const { style } = useTimePreferences()
  const seesPersonal = useSeesPersonal()
  const scroller = useRef<HTMLDivElement>(null)
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW,
    getItemKey: index => rows[index]!.position,
    overscan: 12,
    paddingStart: 0,
    scrollMargin: HEADER,
    scrollPaddingStart: HEADER,
  })
  const items = virtual.getVirtualItems()
  const lastIndex = items.at(-1)?.index ?? 0
  const { onNearEnd } = props
  useEffect(() => {
    if (rows.length > 0 && lastIndex >= rows.length - NEAR_END) onNearEnd()
  }, [lastIndex, rows.length, onNearEnd])

  // Only a change of the active row may scroll; arriving rows must not.
  const latest = useRef(rows)
  latest.current = rows
  useEffect(() => {
    const index = latest.current.findIndex(row => row.eventId === activeId)
    if (index >= 0) virtual.scrollToIndex(index, { align: 'auto' })
  }, [activeId, virtual])

  const { queryKey, onScrolled } = props
  const shownKey = useRef(queryKey)
  useEffect(() => {
    if (shownKey.current !== queryKey) scroller.current?.scrollTo({ top: 0 })
    shownKey.current = queryKey
  }, [queryKey])
  useEffect(() => () => onScrolled(false), [onScrolled])

  const active = rows.find(row => row.eventId === activeId)
  return (
    <div className={css.frame}>
      {waiting > 0 && (
        <Button
          className={css.pill}
          size="compact-sm"
          radius="xl"
          leftSection={<IconArrowUp size={14} />}
          onClick={() => {
            scroller.current?.scrollTo({ top: 0 })
            props.onShowWaiting()
          }}
        >
          {waiting.toLocaleString('en')} new {waiting === 1 ? 'event' : 'events'}
        </Button>
      )}
      <div
        ref={scroller}
        role="grid"
        id={GRID_ID}
        aria-label="Events"
        aria-rowcount={props.total === undefined ? -1 : props.total + 1}
        aria-activedescendant={active && rowId(active)}
        tabIndex={0}
        className={css.grid}
        data-clock={style}
        onKeyDown={props.onKey}
        onScroll={event => onScrolled(event.currentTarget.scrollTop > ROW)}
      >
        <GridHeader order={props.order} onOrder={props.onOrder} />
        <div
          role="rowgroup"
          className={`${css.body} ${props.stale ? css.stale : ''}`}
          style={{ height: virtual.getTotalSize() }}
        >
          {items.map(item => {
            const event = rows[item.index]!
            return (
              <EventRow
                key={item.key}
                event={event}
                index={item.index}
                top={item.start - HEADER}
                active={event.eventId === activeId}
                selected={event.eventId === props.selectedId}
                seesPersonal={seesPersonal}
                onOpen={props.onOpen}
              />
            )
          })}
        </div>
        {props.footer}
      </div>
    </div>
  )
}
