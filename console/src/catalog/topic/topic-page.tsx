import { Button } from '@mantine/core'
import { IconListSearch } from '@tabler/icons-react'
import { Link, useParams } from '@tanstack/react-router'
import { useMemo } from 'react'
import type { CatalogDocument, CatalogTopic } from '../../api/catalog-types.ts'
import { FlowDiagram } from '../flow/flow-diagram.tsx'
import { flowGraph } from '../flow/graph.ts'
import { EventRows } from '../page/event-rows.tsx'
import { Heading } from '../page/heading.tsx'
import { Missing } from '../page/missing.tsx'
import { Awaited, PageFrame, Part } from '../page/page-frame.tsx'
import { useCatalog } from '../use-catalog.ts'

export function TopicPage() {
  const { name } = useParams({ from: '/signed-in/catalog/topics/$name' })
  const catalog = useCatalog()
  const topic = catalog.data?.topics.find(one => one.name === name)
  return (
    <PageFrame kind="Topics" name={name}>
      <Awaited query={catalog} what="topic" />
      {catalog.data && !topic && (
        <Missing
          what="topic"
          name={name}
          known={catalog.data.topics.map(one => one.name)}
          toPage={near => ({ to: '/catalog/topics/$name', params: { name: near } })}
        />
      )}
      {catalog.data && topic && <Topic key={name} topic={topic} catalog={catalog.data} />}
    </PageFrame>
  )
}

/** As many types as a search for their events can name in a URL that every server takes. */
const MAX_TYPES = 40

function Topic({ topic, catalog }: { readonly topic: CatalogTopic; readonly catalog: CatalogDocument }) {
  const graph = useMemo(() => {
    const on = new Set(topic.events)
    const events = catalog.events.filter(({ type, isDerived }) => on.has(type) && !isDerived)
    return flowGraph({ events, topics: catalog.topics, only: topic.name })
  }, [topic, catalog])
  const canSearch = topic.events.length > 0 && topic.events.length <= MAX_TYPES
  return (
    <>
      <Heading
        name={topic.name}
        summary={topic.summary}
        tools={
          canSearch && (
            <Button
              variant="default"
              leftSection={<IconListSearch size={15} />}
              renderRoot={props => <Link {...props} to="/events" search={{ type: [...topic.events] }} />}
            >
              Events on this topic
            </Button>
          )
        }
      >
        <span>
          {topic.events.length} {topic.events.length === 1 ? 'event type' : 'event types'}
        </span>
        {topic.context && (
          <span>
            context{' '}
            <Link to="/catalog/contexts/$context" params={{ context: topic.context }}>
              {topic.context}
            </Link>
          </span>
        )}
      </Heading>
      <Part title="Flow">
        <FlowDiagram graph={graph} title={`Flow of ${topic.name}`} currentId={`topic:${topic.name}`} />
      </Part>
      <Part title="Events">
        <EventRows types={topic.events} events={catalog.events} />
      </Part>
    </>
  )
}
