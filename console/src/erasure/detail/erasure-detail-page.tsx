import { useQuery } from '@tanstack/react-query'
import { Link, useParams } from '@tanstack/react-router'
import { erasurePath, erasureQuery } from '../../api/log-query.ts'
import { useApi, useSession } from '../../auth/context.ts'
import { Awaited } from '../../catalog/page/page-frame.tsx'
import { Frame } from '../../delivery/frame.tsx'
import { ProblemAlert } from '../../ui/problem-alert.tsx'
import { useShortcuts } from '../../ui/use-shortcuts.ts'
import { RemovalDetail } from './removal-detail.tsx'

export function ErasureDetailPage() {
  const { id } = useParams({ from: '/signed-in/erasure/$id' })
  const api = useApi()
  const query = useQuery(erasureQuery(api, useSession()?.tenant ?? null, id))
  useShortcuts({ r: () => void query.refetch() })
  return (
    <Frame
      name={query.data?.request ?? id}
      kind="Erasure"
      back={
        <Link to="/erasure" search={{ tab: 'erasures' }}>
          Erasures
        </Link>
      }
    >
      {!query.data && <Awaited query={query} what="erasure" />}
      {query.data && query.isError && (
        <ProblemAlert error={query.error} onRetry={() => void query.refetch()} />
      )}
      {query.data && (
        <RemovalDetail
          removal={query.data}
          title={`Erasure ${query.data.request}`}
          reference={query.data.request}
          path={erasurePath(id)}
          facts={<span>{query.data.basis}</span>}
        />
      )}
    </Frame>
  )
}
