import { Button, Skeleton } from '@mantine/core'
import { IconLock } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { holdsQuery } from '../../api/log-query.ts'
import type { HoldItem } from '../../api/log-types.ts'
import { useApi, useSession } from '../../auth/context.ts'
import { Mark } from '../../delivery/mark.tsx'
import table from '../../delivery/table.module.css'
import { Timestamp } from '../../time/timestamp.tsx'
import { ProblemAlert } from '../../ui/problem-alert.tsx'
import css from '../erasure.module.css'
import { scopeText } from '../words.ts'
import { ReleaseHold } from './release-hold.tsx'
import { SetHold } from './set-hold.tsx'

export function HoldsTab() {
  const api = useApi()
  const holds = useQuery(holdsQuery(api, useSession()?.tenant ?? null))
  const [isSetting, setSetting] = useState(false)
  const [released, setReleased] = useState<HoldItem>()
  return (
    <>
      <div className={css.head}>
        <p className={css.lead}>
          While a hold is active, nothing that it covers is removed: an erasure waits, and retention leaves it
          alone. Setting and releasing one are leaves of the log.
        </p>
        <Button variant="default" leftSection={<IconLock size={16} />} onClick={() => setSetting(true)}>
          Set a hold…
        </Button>
      </div>
      {holds.isPending && <Skeleton h={120} aria-label="Loading the holds" />}
      {holds.isError && <ProblemAlert error={holds.error} onRetry={() => void holds.refetch()} />}
      {holds.data?.length === 0 && <p className={css.none}>There is no hold.</p>}
      {holds.data && holds.data.length > 0 && (
        <div className={table.plain}>
          <table className={table.table} aria-label="Holds">
            <thead>
              <tr>
                <th>State</th>
                <th>Covers</th>
                <th className={table.wide}>Reason</th>
                <th>Set</th>
                <th>
                  <span className={css.hidden}>Actions</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {holds.data.map(hold => (
                <HoldRow key={hold.id} hold={hold} onRelease={() => setReleased(hold)} />
              ))}
            </tbody>
          </table>
        </div>
      )}
      {isSetting && <SetHold onClose={() => setSetting(false)} />}
      {released && <ReleaseHold hold={released} onClose={() => setReleased(undefined)} />}
    </>
  )
}

function HoldRow({ hold, onRelease }: { readonly hold: HoldItem; readonly onRelease: () => void }) {
  const { scope, reason, at, releasedAt, releaseReason } = hold
  const isActive = releasedAt === null
  return (
    <tr>
      <td className={table.nowrap}>
        <Mark tone={isActive ? 'warn' : 'mute'}>{isActive ? 'active' : 'released'}</Mark>
      </td>
      <td className={table.nowrap}>{scopeText(scope)}</td>
      <td className={table.wide}>
        <span className={table.sub} title={reason}>
          {reason}
          {releaseReason !== null && `, released: ${releaseReason}`}
        </span>
      </td>
      <td className={table.nowrap}>
        <Timestamp value={at} />
      </td>
      <td className={table.number}>
        {isActive && (
          <Button size="compact-xs" variant="default" onClick={onRelease}>
            Release…
          </Button>
        )}
      </td>
    </tr>
  )
}
