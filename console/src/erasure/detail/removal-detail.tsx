import { Button } from '@mantine/core'
import type { ReactNode } from 'react'
import type { Removal } from '../../api/log-query.ts'
import page from '../../catalog/page/page.module.css'
import { Part } from '../../catalog/page/page-frame.tsx'
import { Mark } from '../../delivery/mark.tsx'
import table from '../../delivery/table.module.css'
import { numberText } from '../../delivery/words.ts'
import { useLogAction } from '../../log/use-log-action.ts'
import { FullTimestamp } from '../../time/timestamp.tsx'
import { ProblemAlert } from '../../ui/problem-alert.tsx'
import css from '../erasure.module.css'
import { canWithdraw, copyText, STATUS_WORDS, stagesOf, statusText } from '../words.ts'
import { ExportsPart } from './exports-part.tsx'
import { HoldsPart } from './holds-part.tsx'
import { Receipt } from './receipt.tsx'
import { RecordPart } from './record-part.tsx'

interface RemovalDetailProps {
  readonly removal: Removal
  readonly title: string
  /** What it is called in the names of files. */
  readonly reference: string
  /** Of the API. */
  readonly path: string
  readonly facts: ReactNode
  readonly children?: ReactNode
}

/** An erasure or a redaction: how it stands, what it waits for, what is signed, and where the log says that it was done. */
export function RemovalDetail({ removal, title, reference, path, facts, children }: RemovalDetailProps) {
  const { status, requestedAt, receipt, copies, holds, exports } = removal
  const withdraw = useLogAction(api => api.send<Removal>(`${path}/withdrawal`, { method: 'POST' }))
  const { tone, word } = STATUS_WORDS[status]
  return (
    <>
      <div className={page.top}>
        <h1 className={page.heading}>{title}</h1>
        <Mark tone={tone}>{word}</Mark>
        <div className={page.tools}>
          {canWithdraw(removal) && (
            <Button variant="default" loading={withdraw.isPending} onClick={() => withdraw.mutate()}>
              Take it back
            </Button>
          )}
        </div>
      </div>
      <div className={page.facts}>
        {facts}
        <span>
          asked for <FullTimestamp value={requestedAt} />
        </span>
      </div>
      <p className={page.lead} role="status" aria-live="polite">
        {statusText(removal)}
      </p>
      {withdraw.error !== null && <ProblemAlert error={withdraw.error} />}
      <ol className={css.stages} aria-label="How far it is">
        {stagesOf(removal).map(({ name, note, state }) => (
          <li key={name} data-state={state} aria-current={state === 'now' ? 'step' : undefined}>
            <strong>{name}</strong>
            <span className="dim">{note}</span>
          </li>
        ))}
      </ol>
      {holds.length > 0 && <HoldsPart ids={holds} />}
      {children}
      {receipt && (
        <Part title="Receipt">
          <Receipt receipt={receipt} removal={removal} reference={reference} />
        </Part>
      )}
      {exports.length > 0 && <ExportsPart exports={exports} />}
      <RecordPart removal={removal} reference={reference} path={path} />
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
