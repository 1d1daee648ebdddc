import { Alert, Button, Stack, Text } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import type { ReplayItem, ReplayResult } from '../../api/delivery-types.ts'
import { asProblem } from '../../api/problem.ts'
import { useAction } from '../../delivery/use-action.ts'
import { countText } from '../../delivery/words.ts'
import { useTimePreferences } from '../../time/context.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { FormFoot } from '../../ui/form-foot.tsx'
import { RunProgress } from '../run-progress.tsx'
import { Standing } from '../standing.tsx'
import { newDraft, type ReplayDraft, replayRequest } from './draft.ts'
import { ReplayFields } from './replay-fields.tsx'

interface StartReplayProps {
  readonly subscription: string | undefined
  readonly onClose: () => void
}

/** Asks what is to be replayed, says how many events that are, then does it and shows how it goes on. */
export function StartReplay({ subscription = '', onClose }: StartReplayProps) {
  const [run, setRun] = useState<{ readonly run: ReplayItem; readonly total: number }>()
  return (
    <Dialog opened onClose={onClose} title="Replay a stretch of the log" size={600}>
      <Stack gap="sm" mt="sm">
        {run ? (
          <RunProgress id={run.run.id} run={run.run} total={run.total} onClose={onClose} />
        ) : (
          <Form subscription={subscription} onRun={setRun} onClose={onClose} />
        )}
      </Stack>
    </Dialog>
  )
}

interface FormProps {
  readonly subscription: string
  readonly onRun: (run: { readonly run: ReplayItem; readonly total: number }) => void
  readonly onClose: () => void
}

function Form({ subscription, onRun, onClose }: FormProps) {
  const { zone } = useTimePreferences()
  const [draft, setDraft] = useState(() => newDraft(subscription))
  const send = (dryRun: boolean) => ({
    method: 'POST' as const,
    body: { ...replayRequest(draft, zone), dryRun },
  })
  const dry = useAction(api => api.send<ReplayResult>('/v1/replays', send(true)))
  const start = useAction(
    api => api.send<ReplayResult>('/v1/replays', send(false)),
    ({ run }) => (run ? onRun({ run, total: dry.data?.matched ?? 0 }) : onClose()),
  )
  const change = (next: ReplayDraft) => {
    // What was counted was another stretch.
    dry.reset()
    start.reset()
    setDraft(next)
  }
  const matched = dry.data?.matched
  const action = matched === undefined ? dry : start
  const error = start.error ?? dry.error
  const faults = error === null ? [] : asProblem(error).errors
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (!action.isPending && draft.subscription !== '' && matched !== 0) action.mutate()
  }
  return (
    <form onSubmit={submit}>
      <Stack gap="sm">
        <ReplayFields
          draft={draft}
          onChange={change}
          faultOf={pointer => faults.find(fault => fault.pointer.startsWith(pointer))?.message}
        />
        {matched !== undefined && <WouldBe matched={matched} draft={draft} />}
        {matched !== undefined && matched > 0 && <Standing name={draft.subscription} kind="log" />}
        <FormFoot error={error}>
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button
            type="submit"
            loading={action.isPending}
            disabled={draft.subscription === '' || matched === 0}
          >
            {matched === undefined ? 'See what it would do' : `Replay ${matched.toLocaleString('en')}`}
          </Button>
        </FormFoot>
      </Stack>
    </form>
  )
}

/** The server counts a dry run up to this many. */
const MOST = 100_000

function WouldBe({ matched, draft }: { readonly matched: number; readonly draft: ReplayDraft }) {
  const { subscription, withSideEffects } = draft
  if (matched === 0)
    return (
      <Text size="sm" role="status">
        No event of that stretch is for {subscription}.
      </Text>
    )
  return (
    <Alert variant="light" color="gray" p="xs" role="status">
      {countText(matched, 'event')}
      {matched >= MOST && ' or more'} would be handled by {subscription} again,{' '}
      {withSideEffects ? 'with all that its handler does to others.' : 'with side effects off.'}
    </Alert>
  )
}
