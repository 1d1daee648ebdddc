import { useMe, useSeesPersonal } from '../auth/use-me.ts'

/** What of the tenant's log the key may do; the server holds to it whatever is shown here. */
export interface LogPermissions {
  /** Check and sign the log, and change its key. */
  readonly canManage: boolean
  /** Take what personal fields are out of the server. */
  readonly seesPersonal: boolean
}

export function useLogPermissions(): LogPermissions {
  const seesPersonal = useSeesPersonal()
  const permissions = useMe().data?.permissions ?? []
  return {
    canManage: permissions.includes('log:manage'),
    seesPersonal,
  }
}
