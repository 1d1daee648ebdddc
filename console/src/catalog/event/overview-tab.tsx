import { useMemo } from 'react'
import type { CatalogDocument, CatalogEvent } from '../../api/catalog-types.ts'
import { FieldsTable } from '../field/fields-table.tsx'
import { FlowDiagram } from '../flow/flow-diagram.tsx'
import { flowGraph } from '../flow/graph.ts'
import css from '../page/page.module.css'
import { Part, Sentences } from '../page/page-frame.tsx'
import { DeliveryFacts, Parties } from './delivery-facts.tsx'

interface OverviewTabProps {
  readonly event: CatalogEvent
  readonly catalog: CatalogDocument
}

/** What the event says, what always holds of it, and how it comes to whom. */
export function OverviewTab({ event, catalog }: OverviewTabProps) {
  const graph = useMemo(() => flowGraph({ events: [event], topics: catalog.topics }), [event, catalog])
  const { monitoring, rules } = event
  return (
    <>
      {(event.isDerived || event.isReserved) && (
        <p className={css.aside}>
          {event.isDerived
            ? 'Readers derive this event from the log: it is never published, delivered or stored, and cannot be sent. It has no retry, no dead letter and no retention of its own.'
            : 'Only Keelson itself writes this event, when it has done what the event says: it cannot be sent.'}
        </p>
      )}
      <Part title="Fields of the payload">
        <FieldsTable source={event} label="Fields of the payload" />
      </Part>
      {!event.isDerived && (
        <Part title="Flow">
          <FlowDiagram graph={graph} title={`Flow of ${event.type}`} />
        </Part>
      )}
      {rules.length > 0 && (
        <Part title="Rules">
          <Sentences lines={rules} />
        </Part>
      )}
      <div className={css.columns}>
        <Part title={event.isDerived ? 'Keys' : 'Delivery'}>
          <DeliveryFacts event={event} />
        </Part>
        <Part title={event.isDerived ? 'Source and readers' : 'Producer and consumers'}>
          <Parties event={event} />
        </Part>
      </div>
      {monitoring && (
        <div className={css.columns}>
          <Part title="What to measure">
            <Sentences lines={monitoring.metrics} />
          </Part>
          {monitoring.alerts && monitoring.alerts.length > 0 && (
            <Part title="When to wake somebody">
              <Sentences lines={monitoring.alerts} />
            </Part>
          )}
        </div>
      )}
    </>
  )
}
