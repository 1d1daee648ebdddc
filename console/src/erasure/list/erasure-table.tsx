import { Skeleton } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { erasuresQuery } from '../../api/log-query.ts'
import type { ErasureItem } from '../../api/log-types.ts'
import { useApi, useSession } from '../../auth/context.ts'
import { Mark } from '../../delivery/mark.tsx'
import table from '../../delivery/table.module.css'
import { Timestamp } from '../../time/timestamp.tsx'
import { ProblemAlert } from '../../ui/problem-alert.tsx'
import css from '../erasure.module.css'
import { STATUS_WORDS } from '../words.ts'
import { RemovalRows } from './removal-rows.tsx'
import { SignedBy } from './signed-by.tsx'
import { useWholeList } from './use-whole-list.ts'

export function ErasureTable() {
  const api = useApi()
  const list = useInfiniteQuery(erasuresQuery(api, useSession()?.tenant ?? null))
  useWholeList(list)
  const erasures = list.data?.pages.flatMap(({ data }) => data) ?? []
  if (list.isPending) return <Skeleton h={160} aria-label="Loading the erasures" />
  return (
    <>
      {list.isError && <ProblemAlert error={list.error} onRetry={() => void list.refetch()} />}
      {list.isSuccess && erasures.length === 0 && (
        <p className={css.none}>Nothing was erased yet. Search a subject to see what there is of it.</p>
      )}
      {erasures.length > 0 && (
        <RemovalRows
          items={erasures}
          label="Erasures"
          what="erasures"
          hint="references, bases and approvers"
          isGrowing={list.hasNextPage}
          head={
            <>
              <th>Reference</th>
              <th className={table.wide}>Basis</th>
              <th>State</th>
              <th>Signed by</th>
              <th className={table.number}>Leaf</th>
              <th>Asked for</th>
            </>
          }
          row={erasure => <ErasureRow key={erasure.id} erasure={erasure} />}
        />
      )}
    </>
  )
}

function ErasureRow({ erasure }: { readonly erasure: ErasureItem }) {
  const { id, request, basis, status, receipt, requestedAt } = erasure
  return (
    <tr>
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
      <td>
        <SignedBy removal={erasure} />
      </td>
      <td className={table.number}>{receipt?.n ?? '—'}</td>
      <td className={table.nowrap}>
        <Timestamp value={requestedAt} />
      </td>
    </tr>
  )
}
