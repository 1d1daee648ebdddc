import { Skeleton } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { redactionsQuery } from '../../api/log-query.ts'
import type { RedactionItem } from '../../api/log-types.ts'
import { useApi, useSession } from '../../auth/context.ts'
import { Mark } from '../../delivery/mark.tsx'
import table from '../../delivery/table.module.css'
import { Timestamp } from '../../time/timestamp.tsx'
import { ProblemAlert } from '../../ui/problem-alert.tsx'
import css from '../erasure.module.css'
import { RemovalRows } from '../list/removal-rows.tsx'
import { Signatures } from '../list/signatures.tsx'
import { useWholeList } from '../list/use-whole-list.ts'
import { STATUS_WORDS } from '../words.ts'

export function RedactionTable() {
  const api = useApi()
  const list = useInfiniteQuery(redactionsQuery(api, useSession()?.tenant ?? null))
  useWholeList(list)
  const redactions = list.data?.pages.flatMap(({ data }) => data) ?? []
  if (list.isPending) return <Skeleton h={160} aria-label="Loading the redactions" />
  return (
    <>
      {list.isError && <ProblemAlert error={list.error} onRetry={() => void list.refetch()} />}
      {list.isSuccess && redactions.length === 0 && (
        <p className={css.none}>
          Nothing was redacted yet. Fields are taken out of one event on its page, under Payload.
        </p>
      )}
      {redactions.length > 0 && (
        <RemovalRows
          items={redactions}
          label="Redactions"
          what="redactions"
          hint="reasons, events, fields and approvers"
          isGrowing={list.hasNextPage}
          head={
            <>
              <th className={table.wide}>Reason</th>
              <th>Fields</th>
              <th>Event</th>
              <th>State</th>
              <th>Signatures</th>
              <th>Asked for</th>
            </>
          }
          row={redaction => <RedactionRow key={redaction.id} redaction={redaction} />}
        />
      )}
    </>
  )
}

function RedactionRow({ redaction }: { readonly redaction: RedactionItem }) {
  const { id, eventId, reason, paths, status, requestedAt } = redaction
  return (
    <tr>
      <td className={table.wide}>
        <Link to="/erasure/redactions/$id" params={{ id }} className={table.line} title={reason}>
          {reason}
        </Link>
      </td>
      <td className={css.cut} title={paths.join('\n')}>
        <span className="mono">{paths[0]}</span>
        {paths.length > 1 && <span className="dim"> and {paths.length - 1} more</span>}
      </td>
      <td className={css.cut} title={eventId}>
        <Link to="/events/$eventId" params={{ eventId }} className={`mono ${css.link}`}>
          {eventId}
        </Link>
      </td>
      <td className={table.nowrap}>
        <Mark tone={STATUS_WORDS[status].tone}>{STATUS_WORDS[status].word}</Mark>
      </td>
      <td className={css.cut}>
        <Signatures removal={redaction} />
      </td>
      <td className={table.nowrap}>
        <Timestamp value={requestedAt} />
      </td>
    </tr>
  )
}
