import { Checkbox, NumberInput, Text, Textarea, TextInput } from '@mantine/core'
import { useState } from 'react'
import type { RetentionPolicyItem } from '../../api/log-types.ts'
import { Confirm } from '../../delivery/confirm.tsx'
import { useLogAction } from '../../log/use-log-action.ts'
import { changeWithConsent } from '../approver/consent.ts'
import { useActiveApprovers } from '../approver/use-active-approvers.ts'
import { type ChosenKey, KeyFileInput } from '../key/key-file-input.tsx'

export function SetPolicy({ onClose }: { readonly onClose: () => void }) {
  const [id, setId] = useState('')
  const [days, setDays] = useState<number | ''>('')
  const [locked, setLocked] = useState(false)
  const [types, setTypes] = useState('')
  const [signer, setSigner] = useState<ChosenKey>()
  const { approvers, active } = useActiveApprovers()
  const isSigned = approvers.isSuccess && (active.length === 0 || signer !== undefined)
  const eventTypes = types.split(/[\s,]+/).filter(type => type !== '')
  const action = useLogAction(
    api =>
      changeWithConsent<RetentionPolicyItem>(
        api,
        '/v1/retention-policies',
        { id, minimumDays: days, locked, ...(eventTypes.length > 0 && { eventTypes }) },
        signer,
      ),
    onClose,
  )
  return (
    <Confirm
      opened
      onClose={onClose}
      title="Set a retention policy"
      verb="Set the policy"
      isReady={/^[a-z0-9._-]{1,64}$/.test(id) && days !== '' && isSigned}
      action={action}
    >
      <TextInput
        label="Name"
        description="1 to 64 of a-z 0-9 . _ - ; an existing one gets a new version"
        spellCheck={false}
        maxLength={64}
        data-autofocus
        value={id}
        onChange={event => setId(event.currentTarget.value)}
      />
      <NumberInput
        label="Days that events are kept at least"
        min={0}
        max={365_000}
        allowDecimal={false}
        value={days}
        onChange={value => setDays(value === '' ? '' : Number(value))}
      />
      <Textarea
        label="Event types"
        description="One a line; empty: all of them"
        spellCheck={false}
        autosize
        minRows={2}
        value={types}
        onChange={event => setTypes(event.currentTarget.value)}
      />
      <Checkbox
        label="Locked: it can only be made longer"
        checked={locked}
        onChange={event => setLocked(event.currentTarget.checked)}
      />
      {active.length > 0 && (
        <div>
          <Text size="sm" mb={6}>
            One of the approvers agrees by signing the policy; nothing is removed by one that nobody has
            signed:
          </Text>
          <KeyFileInput approvers={active} chosen={signer} onChoose={setSigner} />
        </div>
      )}
    </Confirm>
  )
}
