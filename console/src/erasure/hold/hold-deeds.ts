import { useQuery } from '@tanstack/react-query'
import { holdDeedsQuery } from '../../api/log-query.ts'
import type { EventItem } from '../../api/types.ts'
import { useApi, useSession } from '../../auth/context.ts'
import { partyName } from '../../ui/party.ts'

/** Who set and who released a hold, where the log still says so. */
export interface HoldDeeds {
  readonly setBy: string | undefined
  readonly releasedBy: string | undefined
}

/** Looks up who did what to a hold, as the log has written it down. */
export function useHoldDeeds(): (id: string) => HoldDeeds {
  const api = useApi()
  const deeds = useQuery(holdDeedsQuery(api, useSession()?.tenant ?? null)).data ?? []
  return id => deedsOf(deeds, id)
}

export function deedsOf(deeds: readonly EventItem[], id: string): HoldDeeds {
  const by = (action: string): string | undefined => {
    const actor = deeds.find(({ audit }) => audit.action === action && audit.resource?.id === id)?.audit.actor
    return actor ? partyName(actor) : undefined
  }
  return { setBy: by('hold.set'), releasedBy: by('hold.released') }
}
