import { Text, Textarea } from '@mantine/core'
import { useNavigate } from '@tanstack/react-router'
import { useMemo, useState } from 'react'
import type { RedactionItem } from '../../api/log-types.ts'
import type { EventDetail } from '../../api/types.ts'
import { Confirm } from '../../delivery/confirm.tsx'
import { countText } from '../../delivery/words.ts'
import { useLogAction } from '../../log/use-log-action.ts'
import { ApproverChoice } from '../approver/approver-choice.tsx'
import { useActiveApprovers } from '../approver/use-active-approvers.ts'
import { PlaceList } from './place-list.tsx'
import { outermost, placesOf } from './places.ts'

/** Places that one redaction takes. */
const mostPlaces = 100

interface RequestRedactionProps {
  readonly detail: EventDetail
  readonly onClose: () => void
}

/** Asks for fields of an event to be taken out of it. */
export function RequestRedaction({ detail, onClose }: RequestRedactionProps) {
  const { eventId } = detail.event
  const places = useMemo(() => placesOf(detail.seal.body), [detail.seal.body])
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set())
  const [reason, setReason] = useState('')
  const [signers, setSigners] = useState<string[]>([])
  const { active } = useActiveApprovers()
  const pointers = outermost(chosen)
  const navigate = useNavigate()
  const action = useLogAction(
    api =>
      api.send<RedactionItem>('/v1/redactions', {
        method: 'POST',
        body: {
          eventId,
          pointers,
          reason: reason.trim(),
          ...(signers.length > 0 && { approvers: signers }),
        },
      }),
    ({ id }) => void navigate({ to: '/erasure/redactions/$id', params: { id } }),
  )
  return (
    <Confirm
      opened
      onClose={onClose}
      title="Redact this event"
      verb={pointers.length === 0 ? 'Redact' : `Redact ${countText(pointers.length, 'field')}`}
      size={680}
      isDangerous
      isReady={pointers.length > 0 && pointers.length <= mostPlaces && reason.trim() !== ''}
      action={action}
    >
      <Text size="sm">
        The fields are taken out of the event for good, and the log says which and why. Its leaf stays, so the
        rest is still proven.{' '}
        {active.length > 0
          ? 'Nothing is taken out before they have signed.'
          : 'It begins at once, and cannot be taken back.'}
      </Text>
      {places.length === 0 ? (
        <Text size="sm" c="dimmed">
          There is no field that could be taken out by itself: sealed fields go with an erasure of their
          subject.
        </Text>
      ) : (
        <PlaceList places={places} chosen={chosen} onChoose={setChosen} />
      )}
      {pointers.length > mostPlaces && (
        <Text size="xs" c="var(--k-bad)" role="alert">
          One redaction takes at most {mostPlaces} fields.
        </Text>
      )}
      <Textarea
        label="Reason"
        description="Stays in the log, as the names of the fields do: no personal data"
        maxLength={500}
        autosize
        minRows={2}
        value={reason}
        onChange={event => setReason(event.currentTarget.value)}
      />
      <ApproverChoice chosen={signers} onChoose={setSigners} />
    </Confirm>
  )
}
