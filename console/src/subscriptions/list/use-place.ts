import { useSession } from '../../auth/context.ts'
import { useMe } from '../../auth/use-me.ts'

/** Where the commands that are shown go, and for whom. */
export function usePlace() {
  const me = useMe()
  const session = useSession()
  const tenant = me.data?.role === 'platform-admin' ? (session?.tenant ?? undefined) : undefined
  return { origin: location.origin, tenant }
}
