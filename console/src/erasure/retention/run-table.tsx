import { Skeleton } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { retentionRunsQuery } from '../../api/log-query.ts'
import { useApi, useSession } from '../../auth/context.ts'
import { Part } from '../../catalog/page/page-frame.tsx'
import table from '../../delivery/table.module.css'
import { numberText } from '../../delivery/words.ts'
import { Timestamp } from '../../time/timestamp.tsx'
import { ProblemAlert } from '../../ui/problem-alert.tsx'
import css from '../erasure.module.css'
import { RemovalFilter } from '../list/removal-filter.tsx'
import { everything, type Filter } from '../model/filter.ts'
import { findRuns, RUN_SHOWS, type Run, type RunShow, toRun } from '../model/run.ts'

/** Each time that a policy was applied, the newest first: by whom, and what came of it. */
export function RunTable() {
  const api = useApi()
  const list = useInfiniteQuery(retentionRunsQuery(api, useSession()?.tenant ?? null))
  const [filter, setFilter] = useState<Filter<RunShow>>(everything)
  const runs = list.data?.pages.flatMap(({ data }) => data.map(toRun)) ?? []
  const found = findRuns(runs, filter)
  return (
    <Part title="Runs">
      {list.isPending && <Skeleton h={80} aria-label="Loading the runs" />}
      {list.isError && <ProblemAlert error={list.error} onRetry={() => void list.refetch()} />}
      {list.isSuccess && runs.length === 0 && <p className={css.none}>No policy was applied yet.</p>}
      {runs.length > 0 && (
        <RemovalFilter
          what="runs"
          hint="policies and names"
          filter={filter}
          onChange={setFilter}
          shows={RUN_SHOWS}
        />
      )}
      {runs.length > 0 && found.length === 0 && <p className={css.none}>None of the runs fits.</p>}
      {found.length > 0 && (
        <div className={table.plain}>
          <table className={table.table} aria-label="Runs of retention">
            <thead>
              <tr>
                <th>Policy</th>
                <th className={table.number}>Removed</th>
                <th className={table.number}>Kept by a hold</th>
                <th className={table.number}>Out of reach</th>
                <th>By</th>
                <th>When</th>
              </tr>
            </thead>
            <tbody>
              {found.map(run => (
                <RunRow key={run.eventId} run={run} />
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
          Show older runs
        </button>
      )}
    </Part>
  )
}

function RunRow({ run: { eventId, policy, removed, held, unreachable, by, at } }: { readonly run: Run }) {
  const count = (n: number | undefined) => (n === undefined ? '—' : numberText(n))
  return (
    <tr>
      <td className={css.cut}>
        <Link to="/events/$eventId" params={{ eventId }} className={table.line}>
          {policy}
        </Link>
      </td>
      <td className={table.number}>{count(removed)}</td>
      <td className={table.number}>{count(held)}</td>
      <td className={table.number}>{count(unreachable)}</td>
      <td className={css.cut}>{by}</td>
      <td className={table.nowrap}>
        <Timestamp value={at} />
      </td>
    </tr>
  )
}
