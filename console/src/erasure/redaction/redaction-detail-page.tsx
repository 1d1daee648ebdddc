import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Link, useParams } from '@tanstack/react-router'
import { useEffect } from 'react'
import { redactionPath, redactionQuery } from '../../api/log-query.ts'
import type { RedactionItem } from '../../api/log-types.ts'
import { useApi, useSession } from '../../auth/context.ts'
import { Awaited, Part } from '../../catalog/page/page-frame.tsx'
import { Frame } from '../../delivery/frame.tsx'
import { ProblemAlert } from '../../ui/problem-alert.tsx'
import { useShortcuts } from '../../ui/use-shortcuts.ts'
import { RemovalDetail } from '../detail/removal-detail.tsx'
import css from '../erasure.module.css'

export function RedactionDetailPage() {
  const { id } = useParams({ from: '/signed-in/erasure/redactions/$id' })
  const api = useApi()
  const query = useQuery(redactionQuery(api, useSession()?.tenant ?? null, id))
  useShortcuts({ r: () => void query.refetch() })
  const queries = useQueryClient()
  const isDone = query.data?.status === 'completed'
  useEffect(() => {
    // What was read of the event before has fields that it has no more.
    if (isDone) void queries.invalidateQueries({ queryKey: ['event'] })
  }, [isDone, queries])
  return (
    <Frame
      name={query.data?.reason ?? id}
      kind="Redaction"
      back={
        <Link to="/erasure" search={{ tab: 'redactions' }}>
          Redactions
        </Link>
      }
    >
      {!query.data && <Awaited query={query} what="redaction" />}
      {query.data && query.isError && (
        <ProblemAlert error={query.error} onRetry={() => void query.refetch()} />
      )}
      {query.data && (
        <RemovalDetail
          removal={query.data}
          title="Redaction of an event"
          reference={id}
          path={redactionPath(id)}
          facts={<span>{query.data.reason}</span>}
        >
          <Fields redaction={query.data} />
        </RemovalDetail>
      )}
    </Frame>
  )
}

function Fields({ redaction: { eventId, paths } }: { readonly redaction: RedactionItem }) {
  return (
    <Part title="What is taken out">
      <p className={css.lead}>
        Of the event{' '}
        <Link to="/events/$eventId" params={{ eventId }} className={`mono ${css.link}`}>
          {eventId}
        </Link>
        :
      </p>
      <ul className={css.list} aria-label="Fields that are taken out">
        {paths.map(path => (
          <li key={path}>
            <span className="mono">{path}</span>
          </li>
        ))}
      </ul>
    </Part>
  )
}
