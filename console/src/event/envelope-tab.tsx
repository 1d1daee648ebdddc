import type { Definition, EventItem } from '../api/types.ts'
import { JsonTree } from '../json/json-tree.tsx'
import { FullTimestamp } from '../time/timestamp.tsx'
import { essentials } from '../ui/essentials.tsx'
import { type Field, FieldList } from '../ui/field-list.tsx'
import { DigestNote } from './digest-note.tsx'
import css from './event.module.css'

function text(label: string, value: string | number | undefined): Field[] {
  if (value === undefined) return []
  return [{ label, value: <span className="mono">{value}</span>, copy: String(value) }]
}

function origin(event: EventItem): Field[] {
  const of = (label: string, value: string, field: 'stream' | 'correlationId'): Field => ({
    label,
    value: <span className="mono">{value}</span>,
    copy: value,
    filter: { field, value },
  })
  return [
    ...text('Event id', event.eventId),
    ...text('Schema version', event.schemaVersion),
    ...text('Tenant', event.tenantId),
    of('Correlation', event.correlationId, 'correlationId'),
    ...text('Causation', event.causationId),
    ...text('Trace', event.traceId),
    ...text('Trace parent', event.traceparent),
    ...text('Project', event.projectId),
    ...text('Module', event.moduleId),
    ...text('Aggregate type', event.aggregateType),
    ...text('Aggregate', event.aggregateId),
  ]
}

function record(event: EventItem): Field[] {
  return [
    { label: 'Recorded', value: <FullTimestamp value={event.recordedAt} />, copy: event.recordedAt },
    ...text('Position', event.position),
    ...text('Sequence', event.sequence),
    {
      label: 'Stream',
      value: <span className="mono">{event.stream}</span>,
      copy: event.stream,
      filter: { field: 'stream', value: event.stream },
    },
    ...text('Version', event.version),
  ]
}

function defined(definition: Definition): Field[] {
  return [
    ...text('Kind', definition.kind),
    ...text('Version', definition.version),
    ...text('Topic', definition.topic),
    ...text('Producer', definition.producer),
    ...text('Consumers', definition.consumers.join(', ') || undefined),
  ]
}

interface EnvelopeTabProps {
  readonly event: EventItem
  readonly definition: Definition | null
}

export function EnvelopeTab({ event, definition }: EnvelopeTabProps) {
  return (
    <div className={css.columns}>
      <Part title="What happened" fields={essentials(event)} />
      <Part title="Where it belongs" fields={origin(event)} />
      <Part title="How it was recorded" fields={record(event)} />
      {definition && <Part title="Its definition in the catalogue" fields={defined(definition)} />}
      {event.metadata !== undefined && (
        <section className={css.part}>
          <h2>Metadata</h2>
          <DigestNote value={event.metadata} />
          <JsonTree label="Metadata" value={event.metadata} />
        </section>
      )}
    </div>
  )
}

function Part({ title, fields }: { readonly title: string; readonly fields: readonly Field[] }) {
  return (
    <section className={css.part}>
      <h2>{title}</h2>
      <FieldList fields={fields} />
    </section>
  )
}
