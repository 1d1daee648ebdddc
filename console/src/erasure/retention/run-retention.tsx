import { Skeleton, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { RetentionPolicyItem, RetentionRunResult } from '../../api/log-types.ts'
import { useApi, useSession } from '../../auth/context.ts'
import { Confirm } from '../../delivery/confirm.tsx'
import { numberText } from '../../delivery/words.ts'
import { useLogAction } from '../../log/use-log-action.ts'
import { ProblemAlert } from '../../ui/problem-alert.tsx'
import { dryRunText } from '../words.ts'

const path = '/v1/retention-runs'

interface RunRetentionProps {
  readonly policy: RetentionPolicyItem
  readonly onClose: () => void
}

/** Says first what a policy would remove, then removes it. */
export function RunRetention({ policy, onClose }: RunRetentionProps) {
  const api = useApi()
  const tenant = useSession()?.tenant ?? null
  const [openedAt] = useState(Date.now)
  const dry = useQuery({
    queryKey: ['retention-dry-run', tenant, policy.id, openedAt],
    queryFn: ({ signal }) =>
      api.send<RetentionRunResult>(path, {
        method: 'POST',
        body: { policy: policy.id, dryRun: true },
        signal,
      }),
    gcTime: 0,
    staleTime: Number.POSITIVE_INFINITY,
  })
  const action = useLogAction(
    sender => sender.send<RetentionRunResult>(path, { method: 'POST', body: { policy: policy.id } }),
    onClose,
  )
  const count = dry.data?.removed
  return (
    <Confirm
      opened
      onClose={onClose}
      title={`Apply ${policy.id}@${policy.version}`}
      verb={
        count === undefined ? 'Remove' : count === 0 ? 'Nothing to remove' : `Remove ${numberText(count)}`
      }
      isDangerous
      isReady={(count ?? 0) > 0}
      action={action}
    >
      {dry.isPending && <Skeleton h={40} aria-label="Looking what would be removed" />}
      {dry.isError && <ProblemAlert error={dry.error} onRetry={() => void dry.refetch()} />}
      {dry.data && <Text size="sm">{dryRunText(policy.minimumDays, dry.data)}</Text>}
    </Confirm>
  )
}
