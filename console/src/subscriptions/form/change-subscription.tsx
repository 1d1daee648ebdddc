import { useState } from 'react'
import { subscriptionPath } from '../../api/delivery-query.ts'
import type { SubscriptionDetail } from '../../api/delivery-types.ts'
import { useAction } from '../../delivery/use-action.ts'
import { Dialog } from '../../ui/dialog.tsx'
import { changeOf, draftOf } from './draft.ts'
import { SubscriptionForm } from './subscription-form.tsx'

interface ChangeSubscriptionProps {
  readonly subscription: SubscriptionDetail
  readonly opened: boolean
  readonly onClose: () => void
}

export function ChangeSubscription({ subscription, opened, onClose }: ChangeSubscriptionProps) {
  return (
    <Dialog opened={opened} onClose={onClose} title={`Change ${subscription.name}`} size={640}>
      <Fields subscription={subscription} onClose={onClose} />
    </Dialog>
  )
}

/** Begins with what is there when the dialog opens; what others change meanwhile is refused by its tag. */
function Fields({ subscription, onClose }: Omit<ChangeSubscriptionProps, 'opened'>) {
  const [{ name, etag, settings }] = useState(subscription)
  const [draft, setDraft] = useState(() => draftOf(name, settings))
  const action = useAction(
    api =>
      api.send(subscriptionPath(name), {
        method: 'PUT',
        body: changeOf(draft),
        ...(etag !== null && { headers: { 'if-match': etag } }),
      }),
    onClose,
  )
  return (
    <div style={{ marginTop: 10 }}>
      <SubscriptionForm
        draft={draft}
        onChange={setDraft}
        verb="Save"
        isChange
        action={action}
        onCancel={onClose}
      />
    </div>
  )
}
