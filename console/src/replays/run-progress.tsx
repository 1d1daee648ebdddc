import { Button, Group, Progress, Stack, Text } from '@mantine/core'
import { IconPlayerPause, IconPlayerPlay, IconPlayerStop } from '@tabler/icons-react'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useEffect } from 'react'
import { DELIVERY, isUnderWay, replayPath, replayQuery } from '../api/delivery-query.ts'
import type { ReplayItem } from '../api/delivery-types.ts'
import { useApi, useSession } from '../auth/context.ts'
import { Mark } from '../delivery/mark.tsx'
import { useAction } from '../delivery/use-action.ts'
import { ProblemAlert } from '../ui/problem-alert.tsx'
import { doneShare, progressText, RUN_STATES } from './words.ts'

interface RunProgressProps {
  readonly id: string
  /** As it was when it was started, to show at once. */
  readonly run: ReplayItem
  /** How many it is about, where that is known. */
  readonly total: number | undefined
  readonly onClose: () => void
}

/** A run in a dialog: how far it is, with pause and abort; it goes on when the dialog is closed. */
export function RunProgress({ id, run: started, total, onClose }: RunProgressProps) {
  const api = useApi()
  const query = useQuery({
    ...replayQuery(api, useSession()?.tenant ?? null, id),
    placeholderData: started,
  })
  const run = query.data ?? started
  const queries = useQueryClient()
  const hasEnded = !isUnderWay(run)
  useEffect(() => {
    // What it replayed is no dead letter any more, wherever dead letters are shown.
    if (hasEnded) void queries.invalidateQueries({ queryKey: [DELIVERY] })
  }, [hasEnded, queries])
  return (
    <Stack gap="sm">
      <RunBar run={run} total={total} />
      {run.error !== null && <Text size="sm">It ended with: {run.error}</Text>}
      {query.isError && <ProblemAlert error={query.error} onRetry={() => void query.refetch()} />}
      {isUnderWay(run) && (
        <Text size="xs" c="dimmed">
          It goes on when this is closed.
        </Text>
      )}
      <Group gap="xs">
        <RunButtons run={run} />
        <Button
          size="xs"
          ml="auto"
          variant="subtle"
          renderRoot={props => <Link {...props} to="/replays" search={{ run: id }} />}
        >
          See all replays
        </Button>
        <Button size="xs" variant={isUnderWay(run) ? 'default' : 'filled'} onClick={onClose}>
          Close
        </Button>
      </Group>
    </Stack>
  )
}

interface RunBarProps {
  readonly run: ReplayItem
  readonly total?: number | undefined
}

export function RunBar({ run, total }: RunBarProps) {
  const share = doneShare(run, total)
  return (
    <Stack gap={4}>
      <Group justify="space-between" wrap="nowrap" gap="sm">
        <Text size="sm" role="status" aria-live="polite">
          {progressText(run, total)}
        </Text>
        <Mark tone={RUN_STATES[run.state]}>{run.state}</Mark>
      </Group>
      <Progress.Root size="sm">
        <Progress.Section
          // Where nobody knows how much there is, movement alone says that it goes on.
          value={share === undefined ? (run.state === 'running' ? 100 : 0) : share * 100}
          color={run.state === 'failed' || run.state === 'aborted' ? 'gray.6' : 'keel.6'}
          animated={share === undefined && run.state === 'running'}
          aria-label={`Progress of the replay to ${run.subscription}`}
        />
      </Progress.Root>
    </Stack>
  )
}

/** Pause, resume and abort, of a run that is under way. */
export function RunButtons({ run }: { readonly run: ReplayItem }) {
  const action = useAction((api, verb: 'pause' | 'resume' | 'abort') =>
    api.send<ReplayItem>(replayPath(run.id, `/${verb}`), { method: 'POST' }),
  )
  if (!isUnderWay(run)) return null
  const isPaused = run.state === 'paused'
  return (
    <>
      <Button
        size="xs"
        variant="default"
        leftSection={isPaused ? <IconPlayerPlay size={14} /> : <IconPlayerPause size={14} />}
        disabled={action.isPending}
        onClick={() => action.mutate(isPaused ? 'resume' : 'pause')}
      >
        {isPaused ? 'Resume' : 'Pause'}
      </Button>
      <Button
        size="xs"
        variant="default"
        leftSection={<IconPlayerStop size={14} />}
        disabled={action.isPending}
        onClick={() => action.mutate('abort')}
      >
        Abort
      </Button>
      {action.error !== null && <ProblemAlert error={action.error} />}
    </>
  )
}
