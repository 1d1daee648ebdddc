import { Button, Group, Text, TextInput } from '@mantine/core'
import { useNavigate } from '@tanstack/react-router'
import { type FormEvent, useState } from 'react'
import type { ErasureItem, SubjectView } from '../../api/log-types.ts'
import { Part } from '../../catalog/page/page-frame.tsx'
import { numberText } from '../../delivery/words.ts'
import { useLogAction } from '../../log/use-log-action.ts'
import { ProblemAlert } from '../../ui/problem-alert.tsx'
import { ApproverChoice } from '../approver/approver-choice.tsx'
import { useActiveApprovers } from '../approver/use-active-approvers.ts'
import css from '../erasure.module.css'

interface RequestFormProps {
  readonly subject: string
  readonly finding: SubjectView
}

/** What it waits for once it is asked for. */
function begins(isSigned: boolean, holds: number): string {
  const released =
    holds === 1 ? 'the hold above is released' : `the ${numberText(holds)} holds above are released`
  if (holds > 0 && isSigned) return `Nothing is erased before they have signed and ${released}.`
  if (holds > 0) return `Nothing is erased before ${released}; then it begins by itself.`
  return isSigned
    ? 'Nothing is erased before they have signed.'
    : 'It begins at once, and cannot be taken back.'
}

/** Asks for the erasure. What is written here stays in the log, and is no personal data. */
export function RequestForm({ subject, finding }: RequestFormProps) {
  const { active } = useActiveApprovers()
  const [basis, setBasis] = useState('')
  const [request, setRequest] = useState('')
  const [signers, setSigners] = useState<string[]>([])
  const navigate = useNavigate()
  const action = useLogAction(
    sender =>
      sender.send<ErasureItem>('/v1/erasures', {
        method: 'POST',
        body: {
          subject,
          basis: basis.trim(),
          request: request.trim(),
          ...(signers.length > 0 && { approvers: signers }),
        },
      }),
    ({ id }) => void navigate({ to: '/erasure/$id', params: { id } }),
  )
  const isReady = basis.trim() !== '' && request.trim() !== ''
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (isReady && !action.isPending) action.mutate()
  }
  return (
    <Part title="Ask for the erasure">
      <form onSubmit={submit} className={css.form}>
        <TextInput
          label="Basis"
          description="The rule or the will that it is done for"
          placeholder="GDPR Art. 17 (1) b"
          maxLength={500}
          value={basis}
          onChange={event => setBasis(event.currentTarget.value)}
        />
        <TextInput
          label="Reference"
          description="What it answers, such as the number of a ticket"
          placeholder="DSR-2026-0042"
          maxLength={500}
          value={request}
          onChange={event => setRequest(event.currentTarget.value)}
        />
        <div className={css.wide}>
          <ApproverChoice chosen={signers} onChoose={setSigners} />
          {action.error !== null && <ProblemAlert error={action.error} />}
          <Group gap="sm" mt="md">
            <Button type="submit" color="red.9" loading={action.isPending} disabled={!isReady}>
              Erase the fields of {numberText(finding.events)} {finding.events === 1 ? 'event' : 'events'}
            </Button>
            <Text size="xs" c="dimmed">
              {begins(active.length > 0, finding.holds.length)}
            </Text>
          </Group>
        </div>
      </form>
    </Part>
  )
}
