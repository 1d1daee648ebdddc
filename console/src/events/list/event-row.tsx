// biome-ignore-all lint/a11y/useSemanticElements: a virtual list of positioned rows cannot be a table
// biome-ignore-all lint/a11y/useFocusableInteractive: focus stays on the grid, which points at the active row
import { memo } from 'react'
import type { EventItem } from '../../api/types.ts'
import { Timestamp } from '../../time/timestamp.tsx'
import { OutcomeMark } from '../../ui/outcome.tsx'
import { partyName } from '../../ui/party.ts'
import css from './grid.module.css'

interface EventRowProps {
  readonly event: EventItem
  readonly index: number
  readonly top: number
  readonly active: boolean
  readonly selected: boolean
  readonly seesPersonal: boolean
  readonly onOpen: (event: EventItem) => void
}

export const rowId = (event: EventItem) => `row-${event.position}`

export const EventRow = memo(function EventRow({
  event,
  index,
  top,
  active,
  selected,
  seesPersonal,
  onOpen,
}: EventRowProps) {
  const { audit } = event
  const tone = audit.outcome === 'failure' || audit.outcome === 'denied' ? css[audit.outcome] : ''
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the grid handles the keys, for the row that is active
    <div
      role="row"
      id={rowId(event)}
      aria-rowindex={index + 2}
      aria-selected={selected}
      data-active={active || undefined}
      className={`${css.row} ${css.columns} ${tone}`}
      style={{ transform: `translateY(${top}px)` }}
      onClick={() => onOpen(event)}
    >
      <Cell className={css.time}>
        <Timestamp value={event.occurredAt} />
      </Cell>
      <Cell className={css.actor} title={audit.actor?.id}>
        {partyName(audit.actor, { seesPersonal })}
      </Cell>
      <Cell className={css.action} title={event.eventType}>
        {audit.action || event.eventType}
      </Cell>
      <Cell
        className={css.resource}
        title={audit.resource ? `${audit.resource.type} ${audit.resource.id}` : undefined}
      >
        {partyName(audit.resource, { seesPersonal })}
      </Cell>
      <Cell className={css.outcome}>
        <OutcomeMark outcome={audit.outcome} className={css.word} />
      </Cell>
      <Cell className={css.address} title={audit.address ?? undefined}>
        {audit.address ?? '—'}
      </Cell>
      <Cell className={css.summary} title={audit.summary}>
        {audit.summary}
      </Cell>
    </div>
  )
})

interface CellProps {
  readonly className: string | undefined
  readonly title?: string | undefined
  readonly children: React.ReactNode
}

function Cell({ className, title, children }: CellProps) {
  return (
    <div role="gridcell" className={`${css.cell} ${className}`} title={title}>
      {children}
    </div>
  )
}
