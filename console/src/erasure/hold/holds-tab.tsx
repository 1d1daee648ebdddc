import { Button, Skeleton } from '@mantine/core'
import { IconLock } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { holdsQuery } from '../../api/log-query.ts'
import type { HoldItem } from '../../api/log-types.ts'
import { useApi, useSession } from '../../auth/context.ts'
import { ProblemAlert } from '../../ui/problem-alert.tsx'
import css from '../erasure.module.css'
import { HoldTable } from './hold-table.tsx'
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
      {holds.data && holds.data.length > 0 && <HoldTable holds={holds.data} onRelease={setReleased} />}
      {isSetting && <SetHold onClose={() => setSetting(false)} />}
      {released && <ReleaseHold hold={released} onClose={() => setReleased(undefined)} />}
    </>
  )
}
