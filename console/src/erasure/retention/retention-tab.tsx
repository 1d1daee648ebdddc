import { Button, Skeleton } from '@mantine/core'
import { IconCalendarPlus } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { policiesQuery } from '../../api/log-query.ts'
import type { RetentionPolicyItem } from '../../api/log-types.ts'
import { useApi, useSession } from '../../auth/context.ts'
import table from '../../delivery/table.module.css'
import { countText } from '../../delivery/words.ts'
import { ProblemAlert } from '../../ui/problem-alert.tsx'
import css from '../erasure.module.css'
import { mayApply } from '../model/policy.ts'
import { RunRetention } from './run-retention.tsx'
import { RunTable } from './run-table.tsx'
import { SetPolicy } from './set-policy.tsx'

export function RetentionTab() {
  const api = useApi()
  const policies = useQuery(policiesQuery(api, useSession()?.tenant ?? null))
  const [isSetting, setSetting] = useState(false)
  const [run, setRun] = useState<RetentionPolicyItem>()
  return (
    <>
      <div className={css.head}>
        <p className={css.lead}>
          A policy says for how long events are kept at least, counted from when they were recorded. Applying
          it removes the content of those that are older, and records that in the log; their leaves stay.
        </p>
        <Button
          variant="default"
          leftSection={<IconCalendarPlus size={16} />}
          onClick={() => setSetting(true)}
        >
          Set a policy…
        </Button>
      </div>
      {policies.isPending && <Skeleton h={120} aria-label="Loading the policies" />}
      {policies.isError && <ProblemAlert error={policies.error} onRetry={() => void policies.refetch()} />}
      {policies.data?.length === 0 && <p className={css.none}>There is no policy: everything is kept.</p>}
      {policies.data && policies.data.length > 0 && (
        <div className={table.plain}>
          <table className={table.table} aria-label="Retention policies">
            <thead>
              <tr>
                <th>Policy</th>
                <th className={table.number}>Kept at least</th>
                <th>May change</th>
                <th>Events</th>
                <th>Signed by</th>
                <th>
                  <span className={css.hidden}>Actions</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {policies.data.map(policy => (
                <tr key={policy.id}>
                  <td className={table.nowrap}>
                    <span className="mono">
                      {policy.id}@{policy.version}
                    </span>
                  </td>
                  <td className={table.number}>{countText(policy.minimumDays, 'day')}</td>
                  <td className={table.nowrap}>{policy.locked ? 'to longer only' : 'yes'}</td>
                  <td className={css.cut} title={policy.eventTypes?.join('\n')}>
                    {policy.eventTypes?.join(', ') ?? 'all types'}
                  </td>
                  <td className={css.cut}>
                    {policy.approvedBy.length > 0 ? (
                      policy.approvedBy.join(', ')
                    ) : (
                      <span className="dim">nobody</span>
                    )}
                  </td>
                  <td className={table.number}>
                    {mayApply(policy) ? (
                      <Button size="compact-xs" variant="default" onClick={() => setRun(policy)}>
                        Apply…
                      </Button>
                    ) : (
                      <span className="dim">by a scavenge only</span>
                    )}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      <RunTable />
      {isSetting && <SetPolicy onClose={() => setSetting(false)} />}
      {run && <RunRetention policy={run} onClose={() => setRun(undefined)} />}
    </>
  )
}
