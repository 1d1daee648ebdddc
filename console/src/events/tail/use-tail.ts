import { useEffect, useState, useSyncExternalStore } from 'react'
import { useApi } from '../../auth/context.ts'
import { tailQuery } from '../../filter/api-query.ts'
import type { Filter } from '../../filter/filter.ts'
import { TailSession, type TailSnapshot } from './session.ts'

export interface Tail {
  readonly snapshot: TailSnapshot | null
  readonly release: () => void
}

const never = () => () => {}

/** Follows the tail while `after` is known; a change of filter or beginning starts anew. */
export function useTail(filter: Filter, after: number | undefined, held: boolean): Tail {
  const api = useApi()
  const [session, setSession] = useState<TailSession | null>(null)

  useEffect(() => {
    if (after === undefined) return
    const opened = new TailSession({ api, query: tailQuery(filter), after })
    setSession(opened)
    return () => {
      opened.close()
      setSession(null)
    }
  }, [api, filter, after])

  useEffect(() => {
    session?.hold(held)
    if (!held) session?.release()
  }, [session, held])

  const snapshot = useSyncExternalStore(session?.subscribe ?? never, () => session?.snapshot ?? null)
  return { snapshot, release: () => session?.release() }
}
