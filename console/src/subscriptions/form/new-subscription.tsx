import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import type { SubscriptionDetail } from '../../api/delivery-types.ts'
import { useAction } from '../../delivery/use-action.ts'
import { useTimePreferences } from '../../time/context.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { type Draft, NEW_DRAFT, requestOf } from './draft.ts'
import { SubscriptionForm } from './subscription-form.tsx'

interface NewSubscriptionProps {
  readonly opened: boolean
  readonly limit: number | undefined
  readonly onClose: () => void
}

export function NewSubscription({ opened, limit, onClose }: NewSubscriptionProps) {
  return (
    <Dialog opened={opened} onClose={onClose} title="New subscription" size={640}>
      <p className="dim" style={{ margin: '4px 0 14px', fontSize: 13 }}>
        For a consumer that asks for its events over HTTP.
        {limit !== undefined && ` A tenant may have ${limit}.`}
      </p>
      <Fields onClose={onClose} />
    </Dialog>
  )
}

/** Within the dialog, so that what was typed goes with it. */
function Fields({ onClose }: { readonly onClose: () => void }) {
  const navigate = useNavigate()
  const { zone } = useTimePreferences()
  const [draft, setDraft] = useState<Draft>(NEW_DRAFT)
  const action = useAction(
    api =>
      api.send<SubscriptionDetail>('/v1/subscriptions', {
        method: 'POST',
        body: { name: draft.name.trim(), ...requestOf(draft, zone) },
      }),
    made => void navigate({ to: '/subscriptions/$name', params: { name: made.name } }),
  )
  return (
    <SubscriptionForm
      draft={draft}
      onChange={setDraft}
      verb="Make the subscription"
      action={action}
      onCancel={onClose}
    />
  )
}
