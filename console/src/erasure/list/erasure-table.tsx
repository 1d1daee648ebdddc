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
import { Signatures } from './signatures.tsx'
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
              <th>Basis</th>
              <th>State</th>
              <th>Signatures</th>
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
      <td className={css.cut}>
        <Link to="/erasure/$id" params={{ id }} className={table.line} title={request}>
          {request}
        </Link>
      </td>
      <td className={css.cut} title={basis}>
        {basis}
      </td>
      <td className={table.nowrap}>
        <Mark tone={STATUS_WORDS[status].tone}>{STATUS_WORDS[status].word}</Mark>
      </td>
      <td className={css.cut}>
        <Signatures removal={erasure} />
      </td>
      <td className={table.number}>{receipt?.n ?? '—'}</td>
      <td className={table.nowrap}>
        <Timestamp value={requestedAt} />
      </td>
    </tr>
  )
}
