import type { EventItem, Party } from '../api/types.ts'
import type { FieldName } from '../filter/filter.ts'
import { FullTimestamp } from '../time/timestamp.tsx'
import type { Field } from './field-list.tsx'
import { OutcomeMark } from './outcome.tsx'

function party(label: string, field: FieldName, value: Party | null): Field {
  if (!value) return { label, value: <span className="dim">—</span> }
  return {
    label,
    value: (
      <>
        {value.name ?? value.id}
        <span className="dim">
          {' '}
          {value.type}
          {value.name && <span className="mono"> {value.id}</span>}
        </span>
      </>
    ),
    copy: value.id,
    filter: { field, value: value.id },
  }
}

/** Who did what to which thing, when, from where, and how it went. */
export function essentials(event: EventItem): Field[] {
  const { audit } = event
  return [
    { label: 'Occurred', value: <FullTimestamp value={event.occurredAt} />, copy: event.occurredAt },
    party('Actor', 'actor', audit.actor),
    {
      label: 'Action',
      value: audit.action,
      copy: audit.action,
      filter: { field: 'action', value: audit.action },
    },
    party('Resource', 'resource', audit.resource),
    {
      label: 'Outcome',
      value: <OutcomeMark outcome={audit.outcome} />,
      filter: { field: 'outcome', value: audit.outcome },
    },
    {
      label: 'Address',
      value: audit.address ?? <span className="dim">—</span>,
      copy: audit.address ?? undefined,
    },
    {
      label: 'Type',
      value: <span className="mono">{event.eventType}</span>,
      copy: event.eventType,
      filter: { field: 'type', value: event.eventType },
    },
    {
      label: 'Source',
      value: <span className="mono">{event.source}</span>,
      copy: event.source,
      filter: { field: 'source', value: event.source },
    },
  ]
}
