import { Button } from '@mantine/core'
import { IconListSearch } from '@tabler/icons-react'
import { Link, useParams } from '@tanstack/react-router'
import { useMemo } from 'react'
import type { CatalogDocument, CatalogEvent } from '../../api/catalog-types.ts'
import { FlowDiagram } from '../flow/flow-diagram.tsx'
import { flowGraph } from '../flow/graph.ts'
import { byType, contextOf, OWN_TYPES } from '../model/filter.ts'
import { EventRows } from '../page/event-rows.tsx'
import { Heading } from '../page/heading.tsx'
import { Missing } from '../page/missing.tsx'
import css from '../page/page.module.css'
import { Awaited, PageFrame, Part } from '../page/page-frame.tsx'
import { useCatalog } from '../use-catalog.ts'

export function ContextPage() {
  const { context } = useParams({ from: '/signed-in/catalog/contexts/$context' })
  const catalog = useCatalog()
  const events = useMemo(
    () => (catalog.data?.events ?? []).filter(event => contextOf(event) === context).sort(byType),
    [catalog.data, context],
  )
  return (
    <PageFrame kind="Contexts" name={context}>
      <Awaited query={catalog} what="context" />
      {catalog.data && events.length === 0 && (
        <Missing
          what="context"
          name={context}
          known={[...new Set(catalog.data.events.map(contextOf))]}
          toPage={near => ({ to: '/catalog/contexts/$context', params: { context: near } })}
        />
      )}
      {catalog.data && events.length > 0 && (
        <Context key={context} name={context} events={events} catalog={catalog.data} />
      )}
    </PageFrame>
  )
}

/** The tenant's own types belong to no context of the product, but stand together like one. */
const summaryOf = (name: string): string =>
  name === OWN_TYPES
    ? 'Event types that this tenant registered itself.'
    : `Events, commands and topics of the context ${name}.`

interface ContextProps {
  readonly name: string
  readonly events: readonly CatalogEvent[]
  readonly catalog: CatalogDocument
}

function Context({ name, events, catalog }: ContextProps) {
  const graph = useMemo(
    () => flowGraph({ events: events.filter(event => !event.isDerived), topics: catalog.topics }),
    [events, catalog],
  )
  const commands = catalog.commands.filter(command => command.context === name).sort(byType)
  return (
    <>
      <Heading
        name={name}
        summary={summaryOf(name)}
        tools={
          <Button
            variant="default"
            leftSection={<IconListSearch size={15} />}
            renderRoot={props => <Link {...props} to="/catalog" search={{ context: [name] }} />}
          >
            Search in this context
          </Button>
        }
      >
        <span>
          {events.length} {events.length === 1 ? 'event type' : 'event types'}
        </span>
        {commands.length > 0 && (
          <span>
            {commands.length} {commands.length === 1 ? 'command' : 'commands'}
          </span>
        )}
      </Heading>
      <Part title="Flow">
        <FlowDiagram graph={graph} title={`Flow of the context ${name}`} />
      </Part>
      {commands.length > 0 && (
        <Part title="Commands">
          <ul className={css.rows}>
            {commands.map(({ type, summary }) => (
              <li key={type}>
                <Link to="/catalog/commands/$type" params={{ type }}>
                  {type}
                </Link>
                <span>{summary}</span>
              </li>
            ))}
          </ul>
        </Part>
      )}
      <Part title="Events">
        <EventRows types={events.map(({ type }) => type)} events={events} />
      </Part>
    </>
  )
}
