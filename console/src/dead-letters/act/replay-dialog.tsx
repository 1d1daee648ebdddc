import { Button, Group, Skeleton, Stack, Text, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { DELIVERY } from '../../api/delivery-query.ts'
import type { DeadLetterReplayResult, DeadLetterSelection, ReplayItem } from '../../api/delivery-types.ts'
import { useApi, useSession } from '../../auth/context.ts'
import { useAction } from '../../delivery/use-action.ts'
import { countText } from '../../delivery/words.ts'
import { RunProgress } from '../../replays/run-progress.tsx'
import { Standing } from '../../replays/standing.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { ProblemAlert } from '../../ui/problem-alert.tsx'

interface ReplayDialogProps {
  readonly selection: DeadLetterSelection
  readonly onClose: () => void
}

/** Says first what a replay would do, then does it, and shows how it goes on. */
export function ReplayDialog({ selection, onClose }: ReplayDialogProps) {
  const [run, setRun] = useState<ReplayItem>()
  const dry = useDryRun(selection)
  return (
    <Dialog opened onClose={onClose} title={`Replay to ${selection.subscription}`} size={520}>
      <Stack gap="sm" mt="sm">
        {run ? (
          <RunProgress id={run.id} run={run} total={dry.data?.matched} onClose={onClose} />
        ) : (
          <>
            {dry.isPending && <Skeleton h={44} aria-label="Looking what would be replayed" />}
            {dry.isError && <ProblemAlert error={dry.error} onRetry={() => void dry.refetch()} />}
            {dry.data && <Ask selection={selection} dry={dry.data} onRun={setRun} onClose={onClose} />}
          </>
        )}
      </Stack>
    </Dialog>
  )
}

/** A dry run of this very selection; asked anew whenever a dialog opens. */
function useDryRun(selection: DeadLetterSelection) {
  const api = useApi()
  const tenant = useSession()?.tenant ?? null
  const [openedAt] = useState(Date.now)
  return useQuery({
    // Not below what every action refreshes: once the run is under way the answer would be another one.
    queryKey: [`${DELIVERY}-dry-run`, tenant, selection, openedAt],
    queryFn: ({ signal }) =>
      api.send<DeadLetterReplayResult>('/v1/dead-letters/replay', {
        method: 'POST',
        body: { ...selection, dryRun: true },
        signal,
      }),
    gcTime: 0,
    staleTime: Number.POSITIVE_INFINITY,
  })
}

interface AskProps extends ReplayDialogProps {
  readonly dry: DeadLetterReplayResult
  readonly onRun: (run: ReplayItem) => void
}

function Ask({ selection, dry, onRun, onClose }: AskProps) {
  const [rate, setRate] = useState('')
  const action = useAction(
    api =>
      api.send<DeadLetterReplayResult>('/v1/dead-letters/replay', {
        method: 'POST',
        body: { ...selection, ...(rate !== '' && { ratePerSecond: Number(rate) }) },
      }),
    ({ run }) => (run ? onRun(run) : onClose()),
  )
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (!action.isPending && dry.matched > 0) action.mutate()
  }
  return (
    <form onSubmit={submit}>
      <Stack gap="sm">
        <Text size="sm">
          {dry.matched === 0
            ? 'There is none any more: they were replayed or discarded meanwhile.'
            : `${countText(dry.matched, 'dead letter')} would be delivered again, the earliest event first. What fails again comes back here, with one try more.`}
        </Text>
        {dry.held > 0 && (
          <Text size="sm">
            {countText(dry.held, 'of them stands', 'of them stand')} behind a parked key, and go on when the
            key does.
          </Text>
        )}
        <Standing name={selection.subscription} kind="dead-letters" />
        <TextInput
          type="number"
          min={0.01}
          max={100_000}
          step="any"
          label="At most, per second"
          description="As fast as it goes where it is empty"
          value={rate}
          onChange={event => setRate(event.currentTarget.value)}
        />
        {action.error !== null && <ProblemAlert error={action.error} />}
        <Group justify="flex-end" gap="xs" mt="xs">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" data-autofocus loading={action.isPending} disabled={dry.matched === 0}>
            Replay {dry.matched.toLocaleString('en')}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}
