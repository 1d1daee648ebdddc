import { Button } from '@mantine/core'
import { IconPencil, IconTrash } from '@tabler/icons-react'
import { useState } from 'react'
import type { SubscriptionDetail } from '../../api/delivery-types.ts'
import css from '../../catalog/page/page.module.css'
import { Mark } from '../../delivery/mark.tsx'
import { useDeliveryPermissions } from '../../delivery/permission.ts'
import { ChangeSubscription } from '../form/change-subscription.tsx'
import { BREAKERS, breakerText, STATES, scopeText } from '../model/words.ts'
import { DeleteSubscription } from './delete-subscription.tsx'
import { PauseButton } from './pause-button.tsx'

export function SubscriptionHeading({ subscription }: { readonly subscription: SubscriptionDetail }) {
  const { name, kind, scope, isOwn, state, breaker, settings } = subscription
  const { canManage } = useDeliveryPermissions()
  const [open, setOpen] = useState<'change' | 'delete'>()
  const close = () => setOpen(undefined)
  return (
    <header>
      <div className={css.top}>
        <h1 className={css.heading}>{name}</h1>
        <Mark tone={STATES[state].tone} title={STATES[state].meaning}>
          {state}
        </Mark>
        {breaker !== 'closed' && (
          <Mark tone={BREAKERS[breaker].tone} title={breakerText(subscription)}>
            breaker {breaker}
          </Mark>
        )}
        {canManage && (
          <div className={css.tools}>
            {kind === 'delivery' && <PauseButton subscription={subscription} />}
            {isOwn && (
              <>
                <Button
                  variant="default"
                  leftSection={<IconPencil size={15} />}
                  onClick={() => setOpen('change')}
                >
                  Change
                </Button>
                <Button
                  variant="default"
                  leftSection={<IconTrash size={15} />}
                  onClick={() => setOpen('delete')}
                >
                  Delete
                </Button>
                <ChangeSubscription subscription={subscription} opened={open === 'change'} onClose={close} />
                <DeleteSubscription subscription={subscription} opened={open === 'delete'} onClose={close} />
              </>
            )}
          </div>
        )}
      </div>
      <div className={css.facts}>
        <span>{kindText(kind, isOwn)}</span>
        {scope === 'platform' && <span>of the platform</span>}
        <span>{scopeText(settings)}</span>
      </div>
    </header>
  )
}

const kindText = (kind: SubscriptionDetail['kind'], isOwn: boolean): string => {
  if (kind === 'projection') return 'fills a read model'
  return isOwn ? 'consumed over HTTP' : 'consumed by a handler in code'
}
