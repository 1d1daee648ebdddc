import { Button, Group, SegmentedControl, Text, Textarea, TextInput } from '@mantine/core'
import { useState } from 'react'
import type { HoldItem } from '../../api/log-types.ts'
import { Confirm } from '../../delivery/confirm.tsx'
import { useLogAction } from '../../log/use-log-action.ts'
import { Dialog } from '../../ui/dialog.tsx'

const KINDS = [
  { value: 'subject', label: 'A subject' },
  { value: 'stream', label: 'A stream' },
  { value: 'all', label: 'The whole log' },
] as const
type Kind = (typeof KINDS)[number]['value']

export function SetHold({ onClose }: { readonly onClose: () => void }) {
  const [kind, setKind] = useState<Kind>('subject')
  const [name, setName] = useState('')
  const [reason, setReason] = useState('')
  const [warning, setWarning] = useState<string>()
  const action = useLogAction(
    api =>
      api.send<HoldItem>('/v1/holds', {
        method: 'POST',
        body: { scope: kind === 'all' ? { all: true } : { [kind]: name }, reason: reason.trim() },
      }),
    hold => (hold.warning === undefined ? onClose() : setWarning(hold.warning)),
  )
  if (warning !== undefined) return <CoversNothing warning={warning} onClose={onClose} />
  return (
    <Confirm
      opened
      onClose={onClose}
      title="Set a hold"
      verb="Set the hold"
      isReady={reason.trim() !== '' && (kind === 'all' || name !== '')}
      action={action}
    >
      <SegmentedControl
        size="xs"
        fullWidth
        aria-label="What it covers"
        value={kind}
        onChange={value => {
          setKind(value as Kind)
          setName('')
        }}
        data={[...KINDS]}
      />
      {kind !== 'all' && (
        <TextInput
          label={kind === 'subject' ? 'Subject' : 'Stream'}
          description={kind === 'subject' ? 'As events name it; the log does not say who it is' : undefined}
          spellCheck={false}
          autoComplete="off"
          maxLength={1024}
          value={name}
          onChange={event => setName(event.currentTarget.value)}
        />
      )}
      <Textarea
        label="Reason"
        description="Stays in the log: no personal data"
        maxLength={500}
        autosize
        minRows={2}
        value={reason}
        onChange={event => setReason(event.currentTarget.value)}
      />
    </Confirm>
  )
}

/** The hold is set, and covers nothing: whoever set it has to know before the dialog goes. */
function CoversNothing({ warning, onClose }: { readonly warning: string; readonly onClose: () => void }) {
  return (
    <Dialog opened onClose={onClose} title="The hold is set, and covers nothing yet">
      <Text size="sm" mt="sm" role="alert">
        {warning}
      </Text>
      <Group justify="flex-end" mt="md">
        <Button data-autofocus onClick={onClose}>
          Close
        </Button>
      </Group>
    </Dialog>
  )
}
