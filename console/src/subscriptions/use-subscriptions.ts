import { useQuery } from '@tanstack/react-query'
import { subscriptionQuery, subscriptionsQuery } from '../api/delivery-query.ts'
import { useApi, useSession } from '../auth/context.ts'

export function useSubscriptions() {
  const api = useApi()
  return useQuery(subscriptionsQuery(api, useSession()?.tenant ?? null))
}

export function useSubscription(name: string) {
  const api = useApi()
  return useQuery(subscriptionQuery(api, useSession()?.tenant ?? null, name))
}
