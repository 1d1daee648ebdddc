import { Text } from '@mantine/core'
import { useState } from 'react'
import type { ApproverItem } from '../../api/log-types.ts'
import { Confirm } from '../../delivery/confirm.tsx'
import { useLogAction } from '../../log/use-log-action.ts'
import { type ChosenKey, KeyFileInput } from '../key/key-file-input.tsx'
import { changeWithConsent } from './consent.ts'

interface RevokeApproverProps {
  readonly approver: ApproverItem
  readonly active: readonly ApproverItem[]
  readonly onClose: () => void
}

export function RevokeApprover({ approver, active, onClose }: RevokeApproverProps) {
  const [signer, setSigner] = useState<ChosenKey>()
  const path = `/v1/approvers/${encodeURIComponent(approver.name)}/revocation`
  const action = useLogAction(api => changeWithConsent<ApproverItem>(api, path, {}, signer), onClose)
  return (
    <Confirm
      opened
      onClose={onClose}
      title={`Revoke ${approver.name}`}
      verb="Revoke"
      isDangerous
      isReady={signer !== undefined}
      action={action}
    >
      <Text size="sm">
        What {approver.name} has signed stays valid; nothing new can be signed with that key, and the name is
        never used again. One of the approvers agrees by signing this change:
      </Text>
      <KeyFileInput approvers={active} chosen={signer} onChoose={setSigner} />
    </Confirm>
  )
}
