import { ActionIcon, Tooltip } from '@mantine/core'
import { IconChevronLeft, IconChevronRight } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { useEffect, useRef } from 'react'
import type { EventDetail, EventItem } from '../api/types.ts'
import { useSeesPersonal } from '../auth/use-me.ts'
import { FullTimestamp } from '../time/timestamp.tsx'
import { OutcomeMark } from '../ui/outcome.tsx'
import { eventTitle, partyName } from '../ui/party.ts'
import { CopyMenu } from './copy-menu.tsx'
import css from './event.module.css'

export function EventHeading({ detail }: { readonly detail: EventDetail }) {
  const { event, neighbours, definition } = detail
  const { audit } = event
  const seesPersonal = useSeesPersonal()
  const heading = useRef<HTMLHeadingElement>(null)
  useEffect(() => {
    // Following a link removed what had the focus: continue at the heading, not at the top of the page.
    if (document.activeElement === document.body) heading.current?.focus()
  }, [])
  return (
    <header className={css.header}>
      <div className={css.top}>
        <h1 ref={heading} tabIndex={-1} className={css.heading}>
          {eventTitle(event)}
        </h1>
        <div className={css.tools}>
          <Neighbour
            event={neighbours.previous}
            label="Previous in the stream"
            hint="["
            Icon={IconChevronLeft}
          />
          <Neighbour event={neighbours.next} label="Next in the stream" hint="]" Icon={IconChevronRight} />
          <CopyMenu detail={detail} />
        </div>
      </div>
      <div className={css.facts}>
        <OutcomeMark outcome={audit.outcome} />
        <FullTimestamp value={event.occurredAt} />
        {audit.actor && <span>by {partyName(audit.actor, { seesPersonal })}</span>}
        {audit.address && <span>from {audit.address}</span>}
        <TypeLink type={event.eventType} isDefined={definition !== null} />
      </div>
      {definition?.summary && <p className={css.definition}>{definition.summary}</p>}
    </header>
  )
}

/** The type leads to its page in the catalogue, where it has one. */
function TypeLink({ type, isDefined }: { readonly type: string; readonly isDefined: boolean }) {
  if (!isDefined) return <span className="mono dim">{type}</span>
  return (
    <Link to="/catalog/events/$type" params={{ type }} className={`mono ${css.type}`}>
      {type}
    </Link>
  )
}

interface NeighbourProps {
  readonly event: EventItem | null
  readonly label: string
  readonly hint: string
  readonly Icon: typeof IconChevronLeft
}

function Neighbour({ event, label, hint, Icon }: NeighbourProps) {
  if (!event) {
    return (
      <ActionIcon size="lg" variant="default" disabled aria-label={`${label}: there is none`}>
        <Icon size={17} />
      </ActionIcon>
    )
  }
  return (
    <Tooltip label={`${label} (${hint}): ${eventTitle(event)}`}>
      <ActionIcon
        size="lg"
        variant="default"
        aria-label={label}
        renderRoot={props => (
          <Link
            {...props}
            to="/events/$eventId"
            params={{ eventId: event.eventId }}
            search={before => ({ ...before })}
          />
        )}
      >
        <Icon size={17} />
      </ActionIcon>
    </Tooltip>
  )
}
