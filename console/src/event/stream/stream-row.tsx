import { Link } from '@tanstack/react-router'
import type { EventItem } from '../../api/types.ts'
import { Timestamp } from '../../time/timestamp.tsx'
import { OutcomeMark } from '../../ui/outcome.tsx'
import { eventTitle } from '../../ui/party.ts'
import css from './stream.module.css'

export function StreamRow({ event, current }: { readonly event: EventItem; readonly current: boolean }) {
  return (
    <li className={css.item} aria-current={current || undefined}>
      <span className={css.version}>{event.version}</span>
      <span className={css.when}>
        <Timestamp value={event.occurredAt} />
      </span>
      <span className={css.what}>
        {current ? (
          <strong>{eventTitle(event)}</strong>
        ) : (
          <Link to="/events/$eventId" params={{ eventId: event.eventId }} search={{ tab: 'stream' }}>
            {eventTitle(event)}
          </Link>
        )}
      </span>
      <span className={css.action}>{event.audit.action || event.eventType}</span>
      <OutcomeMark outcome={event.audit.outcome} />
    </li>
  )
}
