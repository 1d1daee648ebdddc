import { VisuallyHidden } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import type { ReplayItem } from '../api/delivery-types.ts'
import { KeyName } from '../auth/key-name.tsx'
import table from '../delivery/table.module.css'
import { rateText } from '../delivery/words.ts'
import { Timestamp } from '../time/timestamp.tsx'
import css from './replays.module.css'
import { RunBar, RunButtons } from './run-progress.tsx'
import { queryText } from './words.ts'

interface ReplayTableProps {
  readonly runs: readonly ReplayItem[]
  /** Id of the run that a link led to. */
  readonly chosen: string | undefined
  readonly canReplay: boolean
}

export function ReplayTable({ runs, chosen, canReplay }: ReplayTableProps) {
  return (
    <section className={table.scroll} aria-label="List of replays">
      <table className={table.table}>
        <thead>
          <tr>
            <th>Subscription</th>
            <th>What</th>
            <th>Progress</th>
            <th>Rate</th>
            <th>Started</th>
            <th>Ended</th>
            {canReplay && (
              <th>
                <VisuallyHidden>Steer</VisuallyHidden>
              </th>
            )}
          </tr>
        </thead>
        <tbody>
          {runs.map(run => (
            <ReplayRow key={run.id} run={run} isChosen={run.id === chosen} canReplay={canReplay} />
          ))}
        </tbody>
      </table>
    </section>
  )
}

interface ReplayRowProps {
  readonly run: ReplayItem
  readonly isChosen: boolean
  readonly canReplay: boolean
}

function ReplayRow({ run, isChosen, canReplay }: ReplayRowProps) {
  const { subscription, kind, ratePerSecond, startedAt, endedAt, startedBy, error } = run
  return (
    <tr data-selected={isChosen || undefined}>
      <td className={table.nowrap}>
        <Link to="/subscriptions/$name" params={{ name: subscription }} className={table.name}>
          {subscription}
        </Link>
        <span className={table.sub}>{kind === 'log' ? 'from the log' : 'its dead letters'}</span>
      </td>
      <td className={table.wide}>
        <span className={table.sub} title={queryText(run)}>
          {queryText(run)}
        </span>
        {kind === 'log' && (
          <span className={table.sub}>{run.withSideEffects ? 'with side effects' : 'side effects off'}</span>
        )}
      </td>
      <td className={css.progress}>
        <RunBar run={run} />
        {error !== null && (
          <span className={`${table.sub} ${table.fault}`} title={error}>
            {error}
          </span>
        )}
      </td>
      <td className={table.nowrap}>
        {ratePerSecond === null ? <span className="dim">unbounded</span> : rateText(ratePerSecond)}
      </td>
      <td className={table.nowrap}>
        <Timestamp value={startedAt} />
        <span className={`${table.sub} ${css.key}`}>
          by <KeyName id={startedBy} />
        </span>
      </td>
      <td className={table.nowrap}>
        {endedAt === null ? <span className="dim">not yet</span> : <Timestamp value={endedAt} />}
      </td>
      {canReplay && (
        <td>
          <div className={css.act}>
            <RunButtons run={run} />
          </div>
        </td>
      )}
    </tr>
  )
}
