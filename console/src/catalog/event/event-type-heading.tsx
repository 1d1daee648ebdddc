import { Button } from '@mantine/core'
import { IconListSearch } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import type { CatalogDocument, CatalogEvent } from '../../api/catalog-types.ts'
import { contextOf } from '../model/filter.ts'
import { Heading } from '../page/heading.tsx'
import { Marks } from '../page/marks.tsx'
import css from '../page/page.module.css'
import { Deprecated } from './deprecated.tsx'

interface EventTypeHeadingProps {
  readonly event: CatalogEvent
  readonly catalog: CatalogDocument
}

export function EventTypeHeading({ event, catalog }: EventTypeHeadingProps) {
  const context = contextOf(event)
  const causes = catalog.commands.filter(({ emits }) => emits.includes(event.type))
  return (
    <>
      <Heading
        name={event.type}
        beside={<Marks event={event} />}
        tools={
          !event.isDerived && (
            <Button
              variant="default"
              leftSection={<IconListSearch size={15} />}
              renderRoot={props => <Link {...props} to="/events" search={{ type: [event.type] }} />}
            >
              Events of this type
            </Button>
          )
        }
        summary={event.summary}
      >
        <span>version {event.version}</span>
        <span>{event.kind} event</span>
        <span>
          on{' '}
          <Link to="/catalog/topics/$name" params={{ name: event.topic }}>
            {event.topic}
          </Link>
        </span>
        <span>
          context{' '}
          <Link to="/catalog/contexts/$context" params={{ context }}>
            {context}
          </Link>
        </span>
        {causes.length > 0 && (
          <span className={css.links}>
            after
            {causes.map(({ type }) => (
              <Link key={type} to="/catalog/commands/$type" params={{ type }}>
                {type}
              </Link>
            ))}
          </span>
        )}
      </Heading>
      {event.deprecated && <Deprecated {...event.deprecated} catalog={catalog} />}
    </>
  )
}
