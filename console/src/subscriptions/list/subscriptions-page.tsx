import { Skeleton, VisuallyHidden } from '@mantine/core'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { useCallback, useMemo, useRef } from 'react'
import page from '../../delivery/page.module.css'
import { useDeliveryPermissions } from '../../delivery/permission.ts'
import { RefreshBar } from '../../delivery/refresh-bar.tsx'
import { countText } from '../../delivery/words.ts'
import { ProblemAlert } from '../../ui/problem-alert.tsx'
import { usePageTitle } from '../../ui/use-page-title.ts'
import { useShortcuts } from '../../ui/use-shortcuts.ts'
import { NewSubscription } from '../form/new-subscription.tsx'
import { findSubscriptions, type SearchChange, type SubscriptionSearch } from '../model/search.ts'
import { useSubscriptions } from '../use-subscriptions.ts'
import { NoSubscriptionFits, NoSubscriptions } from './empty.tsx'
import { SubscriptionTable } from './subscription-table.tsx'
import { SubscriptionToolbar } from './subscription-toolbar.tsx'

export function SubscriptionsPage() {
  usePageTitle('Subscriptions')
  const search = useSearch({ from: '/signed-in/subscriptions' })
  const navigate = useNavigate({ from: '/subscriptions' })
  const change = useCallback(
    (part: SearchChange) =>
      void navigate({
        search: before => ({ ...before, ...part }) as SubscriptionSearch,
        replace: true,
      }),
    [navigate],
  )
  const query = useSubscriptions()
  const items = query.data?.data
  const found = useMemo(() => items && findSubscriptions(items, search), [items, search])
  const box = useRef<HTMLInputElement>(null)
  const { canManage } = useDeliveryPermissions()
  useShortcuts({ '/': () => box.current?.select(), r: () => void query.refetch() })
  const make = () => change({ new: true })

  return (
    <div className={page.page}>
      <VisuallyHidden component="h1">Subscriptions</VisuallyHidden>
      <SubscriptionToolbar
        box={box}
        search={search}
        counts={found?.counts}
        onChange={change}
        onMake={canManage ? make : undefined}
      />
      {query.isError && (
        <div className={page.problem}>
          <ProblemAlert error={query.error} onRetry={() => void query.refetch()} />
        </div>
      )}
      {query.isPending && <Waiting />}
      {items?.length === 0 && <NoSubscriptions onMake={canManage ? make : undefined} />}
      {items && items.length > 0 && found?.rows.length === 0 && (
        <NoSubscriptionFits onClear={() => change({ q: undefined, show: undefined })} />
      )}
      {found && found.rows.length > 0 && (
        <SubscriptionTable rows={found.rows} sort={search.sort ?? 'name'} onSort={sort => change({ sort })} />
      )}
      <RefreshBar query={query}>{found && items && countOf(found.rows.length, items.length)}</RefreshBar>
      {canManage && (
        <NewSubscription
          opened={search.new === true}
          limit={query.data?.limit}
          onClose={() => change({ new: undefined })}
        />
      )}
    </div>
  )
}

const countOf = (shown: number, all: number): string =>
  shown === all ? countText(all, 'subscription') : `${shown} of ${countText(all, 'subscription')}`

function Waiting() {
  return (
    <div className={page.skeleton} role="status" aria-label="Loading the subscriptions">
      {[0, 1, 2, 3].map(row => (
        <Skeleton key={row} h={36} mb={10} />
      ))}
    </div>
  )
}
