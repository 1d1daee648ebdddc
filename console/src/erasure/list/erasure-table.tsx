import { Skeleton } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { erasuresQuery } from '../../api/log-query.ts'
import { useApi, useSession } from '../../auth/context.ts'
import { Mark } from '../../delivery/mark.tsx'
import table from '../../delivery/table.module.css'
import { Timestamp } from '../../time/timestamp.tsx'
import { ProblemAlert } from '../../ui/problem-alert.tsx'
import css from '../erasure.module.css'
import { STATUS_WORDS } from '../words.ts'

export function ErasureTable() {
  const api = useApi()
  const list = useInfiniteQuery(erasuresQuery(api, useSession()?.tenant ?? null))
  const erasures = list.data?.pages.flatMap(({ data }) => data) ?? []
  if (list.isPending) return <Skeleton h={160} aria-label="Loading the erasures" />
  return (
    <>
      {list.isError && <ProblemAlert error={list.error} onRetry={() => void list.refetch()} />}
      {list.isSuccess && erasures.length === 0 && (
        <p className={css.none}>Nothing was erased yet. Search a subject to see what there is of it.</p>
      )}
      {erasures.length > 0 && (
        <div className={table.plain}>
          <table className={table.table} aria-label="Erasures">
            <thead>
              <tr>
                <th>Reference</th>
                <th className={table.wide}>Basis</th>
                <th>State</th>
                <th>Signed by</th>
                <th className={table.number}>Leaf</th>
                <th>Asked for</th>
              </tr>
            </thead>
            <tbody>
              {erasures.map(({ id, request, basis, status, approvers, approvedBy, receipt, requestedAt }) => (
                <tr key={id}>
                  <td>
                    <Link to="/erasure/$id" params={{ id }} className={table.name}>
                      {request}
                    </Link>
                  </td>
                  <td className={table.wide}>
                    <span className={table.sub} title={basis}>
                      {basis}
                    </span>
                  </td>
                  <td className={table.nowrap}>
                    <Mark tone={STATUS_WORDS[status].tone}>{STATUS_WORDS[status].word}</Mark>
                  </td>
                  <td>{approvers.length === 0 ? '—' : `${approvedBy.length} of ${approvers.length}`}</td>
                  <td className={table.number}>{receipt?.n ?? '—'}</td>
                  <td className={table.nowrap}>
                    <Timestamp value={requestedAt} />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {list.hasNextPage && (
        <button
          type="button"
          className={css.more}
          disabled={list.isFetchingNextPage}
          onClick={() => void list.fetchNextPage()}
        >
          Show more
        </button>
      )}
    </>
  )
}
