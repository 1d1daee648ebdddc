import { Skeleton } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useParams } from '@tanstack/react-router'
import { eventQuery } from '../api/event-query.ts'
import { asProblem } from '../api/problem.ts'
import { useApi, useSession } from '../auth/context.ts'
import { eventTitle } from '../ui/party.ts'
import { ProblemAlert } from '../ui/problem-alert.tsx'
import { usePageTitle } from '../ui/use-page-title.ts'
import { useShortcuts } from '../ui/use-shortcuts.ts'
import css from './event.module.css'
import { EventHeading } from './event-heading.tsx'
import { EventTabs } from './event-tabs.tsx'
import { readEventTab } from './tab.ts'

export function EventPage() {
  const { eventId } = useParams({ from: '/signed-in/events/$eventId' })
  const api = useApi()
  const detail = useQuery(eventQuery(api, useSession()?.tenant ?? null, eventId))
  const navigate = useNavigate()
  usePageTitle(detail.data ? eventTitle(detail.data.event) : `Event ${eventId}`)

  const neighbours = detail.data?.neighbours
  const go = (to: string | undefined) => {
    if (to) void navigate({ to: '/events/$eventId', params: { eventId: to }, search: readEventTab })
  }
  useShortcuts({
    '[': () => go(neighbours?.previous?.eventId),
    ']': () => go(neighbours?.next?.eventId),
  })

  return (
    <div className={css.page}>
      <div className={css.inner}>
        <nav aria-label="Breadcrumb" className={css.crumbs}>
          <Link to="/events">Events</Link> <span aria-hidden>/</span> <span className="mono">{eventId}</span>
        </nav>
        {detail.isPending && <Loading />}
        {detail.isError && <Failed error={detail.error} onRetry={() => void detail.refetch()} />}
        {detail.data && (
          <>
            <EventHeading key={`heading-${eventId}`} detail={detail.data} />
            <EventTabs key={eventId} detail={detail.data} />
          </>
        )}
      </div>
    </div>
  )
}

function Loading() {
  return (
    <>
      <h1 className={css.loading}>Loading the event</h1>
      <Skeleton h={26} w="55%" mb={14} />
      <Skeleton h={14} w="80%" mb={32} />
      <Skeleton h={320} />
    </>
  )
}

function Failed({ error, onRetry }: { readonly error: unknown; readonly onRetry: () => void }) {
  const problem = asProblem(error)
  const missing = problem.status === 404
  return (
    <>
      <h1 className={`${css.heading} ${css.alone}`}>
        {missing ? 'There is no such event' : 'The event cannot be shown'}
      </h1>
      <ProblemAlert error={problem} onRetry={missing ? undefined : onRetry} />
      {missing && <p className="dim">The id may be mistyped, or the event belongs to another tenant.</p>}
    </>
  )
}
