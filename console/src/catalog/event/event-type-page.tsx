import { useQuery } from '@tanstack/react-query'
import { Link, useParams } from '@tanstack/react-router'
import { deletedTypeQuery } from '../../api/catalog-query.ts'
import { useApi, useSession } from '../../auth/context.ts'
import { Missing } from '../page/missing.tsx'
import { Awaited, PageFrame } from '../page/page-frame.tsx'
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
      {catalog.data && !event && <MissingType type={type} known={catalog.data.events.map(one => one.type)} />}
      {catalog.data && event && (
        <>
          <EventTypeHeading key={`heading-${type}`} event={event} catalog={catalog.data} />
          <EventTypeTabs key={type} event={event} catalog={catalog.data} />
        </>
      )}
    </PageFrame>
  )
}

interface MissingTypeProps {
  readonly type: string
  readonly known: readonly string[]
}

/** A type that is not there, with what was probably meant, and whether it was there once. */
function MissingType({ type, known }: MissingTypeProps) {
  const deleted = useQuery(deletedTypeQuery(useApi(), useSession()?.tenant ?? null, type))
  return (
    <Missing
      what="event type"
      name={type}
      known={known}
      toPage={near => ({ to: '/catalog/events/$type', params: { type: near } })}
    >
      {deleted.data && (
        <p>
          This tenant had registered <span className="mono">{type}</span> and has deleted it. Its events stay
          in the log:{' '}
          <Link to="/events" search={{ type: [type] }}>
            show them
          </Link>
          .
        </p>
      )}
    </Missing>
  )
}
