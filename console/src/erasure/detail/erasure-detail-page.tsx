import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link, useParams } from '@tanstack/react-router'
import { erasurePath, erasureQuery } from '../../api/log-query.ts'
import type { ErasureItem } from '../../api/log-types.ts'
import { useApi, useSession } from '../../auth/context.ts'
import page from '../../catalog/page/page.module.css'
import { Awaited, Part } from '../../catalog/page/page-frame.tsx'
import { Frame } from '../../delivery/frame.tsx'
import { Mark } from '../../delivery/mark.tsx'
import table from '../../delivery/table.module.css'
import { numberText } from '../../delivery/words.ts'
import { useLogAction } from '../../log/use-log-action.ts'
import { FullTimestamp } from '../../time/timestamp.tsx'
import { ProblemAlert } from '../../ui/problem-alert.tsx'
import { useShortcuts } from '../../ui/use-shortcuts.ts'
import css from '../erasure.module.css'
import { canWithdraw, copyText, STATUS_WORDS, stagesOf, statusText } from '../words.ts'
import { Receipt } from './receipt.tsx'
import { RecordPart } from './record-part.tsx'

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
      {query.data && <Whole erasure={query.data} />}
    </Frame>
  )
}

function Whole({ erasure }: { readonly erasure: ErasureItem }) {
  const { id, status, request, basis, requestedAt, receipt, copies, keys } = erasure
  const withdraw = useLogAction(api =>
    api.send<ErasureItem>(erasurePath(id, '/withdrawal'), { method: 'POST' }),
  )
  const { tone, word } = STATUS_WORDS[status]
  return (
    <>
      <div className={page.top}>
        <h1 className={page.heading}>Erasure {request}</h1>
        <Mark tone={tone}>{word}</Mark>
        <div className={page.tools}>
          {canWithdraw(erasure) && (
            <Button variant="default" loading={withdraw.isPending} onClick={() => withdraw.mutate()}>
              Take it back
            </Button>
          )}
        </div>
      </div>
      <div className={page.facts}>
        <span>{basis}</span>
        <span>
          asked for <FullTimestamp value={requestedAt} />
        </span>
      </div>
      <p className={page.lead} role="status" aria-live="polite">
        {statusText(erasure)}
      </p>
      {withdraw.error !== null && <ProblemAlert error={withdraw.error} />}
      <ol className={css.stages} aria-label="How far it is">
        {stagesOf(erasure).map(({ name, note, state }) => (
          <li key={name} data-state={state} aria-current={state === 'now' ? 'step' : undefined}>
            <strong>{name}</strong>
            <span className="dim">{note}</span>
          </li>
        ))}
      </ol>
      {receipt && (
        <Part title="Receipt">
          <Receipt receipt={receipt} request={request} keys={keys} />
        </Part>
      )}
      <RecordPart erasure={erasure} />
      {copies.length > 0 && (
        <Part title="Copies">
          <div className={table.plain}>
            <table className={table.table} style={{ minWidth: 480 }} aria-label="Stores of copies">
              <thead>
                <tr>
                  <th>Store</th>
                  <th className={table.number}>Removed</th>
                  <th className={table.wide}>State</th>
                </tr>
              </thead>
              <tbody>
                {copies.map(copy => (
                  <tr key={copy.name}>
                    <td className={table.nowrap}>{copy.name}</td>
                    <td className={table.number}>{numberText(copy.removed)}</td>
                    <td className={table.wide}>
                      <Mark tone={copy.isDone ? 'ok' : copy.error === null ? 'work' : 'bad'}>
                        {copyText(copy)}
                      </Mark>
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        </Part>
      )}
    </>
  )
}
