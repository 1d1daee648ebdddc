import { Button, Text, Tooltip } from '@mantine/core'
import { IconPlayerPause, IconPlayerPlay } from '@tabler/icons-react'
import { subscriptionPath } from '../../api/delivery-query.ts'
import type { SubscriptionItem } from '../../api/delivery-types.ts'
import { asProblem } from '../../api/problem.ts'
import { useAction } from '../../delivery/use-action.ts'

/** Pauses what runs, and lets go on what is paused or whose breaker is open. */
export function PauseButton({ subscription }: { readonly subscription: SubscriptionItem }) {
  const { name, state, breaker } = subscription
  // Where nobody consumes it there is no breaker to close: the next consumer's first event is the probe.
  const isStopped = state === 'paused' || (breaker !== 'closed' && state !== 'idle')
  const verb = isStopped ? 'resume' : 'pause'
  const action = useAction(api => api.send(subscriptionPath(name, `/${verb}`), { method: 'POST' }))
  const Icon = isStopped ? IconPlayerPlay : IconPlayerPause
  const hint = isStopped ? 'Events are pulled again' : 'Events wait in the log until it is resumed'
  return (
    <>
      {action.error !== null && (
        <Text role="alert" size="xs" c="var(--k-bad)" maw={280}>
          {asProblem(action.error).message}
        </Text>
      )}
      <Tooltip label={hint}>
        <Button
          variant={isStopped ? 'filled' : 'default'}
          leftSection={<Icon size={15} />}
          loading={action.isPending}
          onClick={() => action.mutate()}
        >
          {isStopped ? 'Resume' : 'Pause'}
        </Button>
      </Tooltip>
    </>
  )
}
