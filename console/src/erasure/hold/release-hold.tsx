import { Text, Textarea } from '@mantine/core'
import { useState } from 'react'
import type { HoldItem } from '../../api/log-types.ts'
import { Confirm } from '../../delivery/confirm.tsx'
import { useLogAction } from '../../log/use-log-action.ts'
import { scopeText } from '../words.ts'

export function ReleaseHold({ hold, onClose }: { readonly hold: HoldItem; readonly onClose: () => void }) {
  const [reason, setReason] = useState('')
  const action = useLogAction(
    api =>
      api.send<HoldItem>(`/v1/holds/${encodeURIComponent(hold.id)}/release`, {
        method: 'POST',
        body: { reason: reason.trim() },
      }),
    onClose,
  )
  return (
    <Confirm
      opened
      onClose={onClose}
      title="Release a hold"
      verb="Release it"
      isDangerous
      isReady={reason.trim() !== ''}
      action={action}
    >
      <Text size="sm">
        It covers {scopeText(hold.scope)}: {hold.reason}. What waits for it goes on at once, and erases.
      </Text>
      <Textarea
        label="Reason"
        description="Stays in the log: no personal data"
        data-autofocus
        maxLength={500}
        autosize
        minRows={2}
        value={reason}
        onChange={event => setReason(event.currentTarget.value)}
      />
    </Confirm>
  )
}
