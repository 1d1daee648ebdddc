import { Link, useParams } from '@tanstack/react-router'
import type { SubscriptionDetail } from '../../api/delivery-types.ts'
import { Awaited, Part } from '../../catalog/page/page-frame.tsx'
import { Frame } from '../../delivery/frame.tsx'
import { useDeliveryPermissions } from '../../delivery/permission.ts'
import { ProblemAlert } from '../../ui/problem-alert.tsx'
import { useShortcuts } from '../../ui/use-shortcuts.ts'
import { useSubscription } from '../use-subscriptions.ts'
import { BreakerPart } from './breaker-part.tsx'
import { Consume } from './consume.tsx'
import { DeadGroups } from './dead-groups.tsx'
import { LagCharts } from './lag-charts.tsx'
import { Numbers } from './numbers.tsx'
import { Partitions } from './partitions.tsx'
import { Settings } from './settings.tsx'
import { SubscriptionHeading } from './subscription-heading.tsx'

export function SubscriptionPage() {
  const { name } = useParams({ from: '/signed-in/subscriptions/$name' })
  const query = useSubscription(name)
  useShortcuts({ r: () => void query.refetch() })
  const { data } = query
  return (
    <Frame name={name} kind="Subscriptions" back={<Link to="/subscriptions">Subscriptions</Link>}>
      {!data && <Awaited query={query} what="subscription" />}
      {data && query.isError && (
        <div style={{ marginTop: 12 }}>
          <ProblemAlert error={query.error} onRetry={() => void query.refetch()} />
        </div>
      )}
      {data && <Whole subscription={data} />}
    </Frame>
  )
}

function Whole({ subscription }: { readonly subscription: SubscriptionDetail }) {
  const { canReadLetters } = useDeliveryPermissions()
  return (
    <>
      <SubscriptionHeading subscription={subscription} />
      <Numbers subscription={subscription} />
      <Part title="How far it is behind">
        <LagCharts history={subscription.history} />
      </Part>
      {subscription.kind === 'delivery' && (
        <>
          <BreakerPart subscription={subscription} />
          {canReadLetters && (
            <Part title="Dead letters">
              <DeadGroups subscription={subscription.name} />
            </Part>
          )}
        </>
      )}
      {subscription.isOwn && (
        <Part title="Consume it over HTTP">
          <Consume name={subscription.name} />
        </Part>
      )}
      <Part title="Partitions">
        <Partitions partitions={subscription.partitions} />
      </Part>
      <Part title="Settings">
        <Settings subscription={subscription} />
      </Part>
    </>
  )
}
