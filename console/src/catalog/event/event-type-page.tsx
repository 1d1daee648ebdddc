import { useQuery } from '@tanstack/react-query'
import { Link, useParams } from '@tanstack/react-router'
import { catalogEventQuery } from '../../api/catalog-query.ts'
import { asProblem } from '../../api/problem.ts'
import { useApi, useSession } from '../../auth/context.ts'
import css from '../page/page.module.css'
import { Awaited, Missing, PageFrame } from '../page/page-frame.tsx'
import { useCatalog } from '../use-catalog.ts'
import { EventTypeHeading } from './event-type-heading.tsx'
import { EventTypeTabs } from './event-type-tabs.tsx'

export function EventTypePage() {
  const { type } = useParams({ from: '/signed-in/catalog/events/$type' })
  const catalog = useCatalog()
  const event = catalog.data?.events.find(one => one.type === type)
  return (
    <PageFrame kind="Events" name={type}>
      <Awaited query={catalog} what="event type" />
      {catalog.data && !event && <MissingType type={type} />}
      {catalog.data && event && (
        <>
          <EventTypeHeading key={`heading-${type}`} event={event} catalog={catalog.data} />
          <EventTypeTabs key={type} event={event} catalog={catalog.data} />
        </>
      )}
    </PageFrame>
  )
}

/** A type that is not there, with those that the server thinks were meant. */
function MissingType({ type }: { readonly type: string }) {
  const api = useApi()
  const answer = useQuery(catalogEventQuery(api, useSession()?.tenant ?? null, type))
  const nearest = answer.error ? asProblem(answer.error).nearest : []
  return (
    <>
      <Missing what="event type" name={type} />
      {nearest.length > 0 && (
        <p className={css.links}>
          Did you mean
          {nearest.map(name => (
            <Link key={name} to="/catalog/events/$type" params={{ type: name }}>
              {name}
            </Link>
          ))}
        </p>
      )}
    </>
  )
}
