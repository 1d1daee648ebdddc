import { Skeleton, Text, Textarea } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { DELIVERY } from '../../api/delivery-query.ts'
import type { DeadLetterDiscardResult, DeadLetterSelection } from '../../api/delivery-types.ts'
import { useApi, useSession } from '../../auth/context.ts'
import { Confirm } from '../../delivery/confirm.tsx'
import { useAction } from '../../delivery/use-action.ts'
import { countText } from '../../delivery/words.ts'
import { ProblemAlert } from '../../ui/problem-alert.tsx'

interface DiscardDialogProps {
  readonly selection: DeadLetterSelection
  readonly onClose: () => void
  readonly onDone?: () => void
}

const PATH = '/v1/dead-letters/discard'

/** Gives dead letters up, which needs a reason; it says first how many they are. */
export function DiscardDialog({ selection, onClose, onDone = onClose }: DiscardDialogProps) {
  const [reason, setReason] = useState('')
  const api = useApi()
  const tenant = useSession()?.tenant ?? null
  const dry = useQuery({
    queryKey: [`${DELIVERY}-dry-run`, tenant, 'discard', selection],
    queryFn: ({ signal }) =>
      // The reason is no part of the question, yet none is refused.
      api.send<DeadLetterDiscardResult>(PATH, {
        method: 'POST',
        body: { ...selection, reason: 'dry run', dryRun: true },
        signal,
      }),
    gcTime: 0,
    staleTime: 0,
  })
  const action = useAction(
    sender =>
      sender.send<DeadLetterDiscardResult>(PATH, {
        method: 'POST',
        body: { ...selection, reason: reason.trim() },
      }),
    onDone,
  )
  const count = dry.data?.matched
  return (
    <Confirm
      opened
      onClose={onClose}
      title={`Discard dead letters of ${selection.subscription}`}
      verb={count === undefined ? 'Discard' : `Discard ${count.toLocaleString('en')}`}
      isDangerous
      isReady={reason.trim() !== '' && (count ?? 0) > 0}
      action={action}
    >
      {dry.isPending && <Skeleton h={22} aria-label="Looking what would be discarded" />}
      {dry.isError && <ProblemAlert error={dry.error} onRetry={() => void dry.refetch()} />}
      {count !== undefined && (
        <Text size="sm">
          {count === 0
            ? 'There is none any more: they were replayed or discarded meanwhile.'
            : `${countText(count, 'dead letter')} will never be delivered to ${selection.subscription}. The events stay in the log. It cannot be taken back.`}
        </Text>
      )}
      <Textarea
        label="Reason"
        description="Kept with what is discarded, and in the audit trail"
        required
        withAsterisk={false}
        maxLength={1000}
        autosize
        minRows={2}
        data-autofocus
        value={reason}
        onChange={event => setReason(event.currentTarget.value)}
      />
    </Confirm>
  )
}
