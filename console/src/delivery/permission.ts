import { useMe } from '../auth/use-me.ts'

/** What of deliveries the key may do; the server holds to it whatever is shown here. */
export interface DeliveryPermissions {
  /** Pause, resume, make, change and delete subscriptions. */
  readonly canManage: boolean
  /** See dead letters and replays. */
  readonly canReadLetters: boolean
  /** Edit, replay, discard dead letters, and start replays. */
  readonly canReplay: boolean
}

export function useDeliveryPermissions(): DeliveryPermissions {
  const permissions = useMe().data?.permissions ?? []
  return {
    canManage: permissions.includes('subscriptions:manage'),
    canReadLetters: permissions.includes('dead-letters:read'),
    canReplay: permissions.includes('dead-letters:manage'),
  }
}
