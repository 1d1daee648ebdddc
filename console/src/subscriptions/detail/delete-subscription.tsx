import { Text, TextInput } from '@mantine/core'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { subscriptionPath } from '../../api/delivery-query.ts'
import type { SubscriptionDetail } from '../../api/delivery-types.ts'
import { Confirm } from '../../delivery/confirm.tsx'
import { useAction } from '../../delivery/use-action.ts'

interface DeleteSubscriptionProps {
  readonly subscription: SubscriptionDetail
  readonly opened: boolean
  readonly onClose: () => void
}

export function DeleteSubscription({ subscription, opened, onClose }: DeleteSubscriptionProps) {
  const { name, etag, deadLetters } = subscription
  const [typed, setTyped] = useState('')
  const navigate = useNavigate()
  const action = useAction(
    api =>
      api.send(subscriptionPath(name), {
        method: 'DELETE',
        ...(etag !== null && { headers: { 'if-match': etag } }),
      }),
    () => void navigate({ to: '/subscriptions' }),
  )
  return (
    <Confirm
      opened={opened}
      onClose={onClose}
      title="Delete the subscription"
      verb="Delete it"
      isDangerous
      isReady={typed === name}
      action={action}
    >
      <Text size="sm">
        Its place in the log is forgotten{deadLetters > 0 && ', and its dead letters go with it'}. The events
        stay.
      </Text>
      <TextInput
        label={
          <>
            Type <span className="mono">{name}</span> to go on
          </>
        }
        data-autofocus
        spellCheck={false}
        autoComplete="off"
        value={typed}
        onChange={event => setTyped(event.currentTarget.value)}
      />
    </Confirm>
  )
}
