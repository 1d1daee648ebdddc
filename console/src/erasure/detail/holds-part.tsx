import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { holdsQuery } from '../../api/log-query.ts'
import { useApi, useSession } from '../../auth/context.ts'
import { Part } from '../../catalog/page/page-frame.tsx'
import { FullTimestamp } from '../../time/timestamp.tsx'
import { ProblemAlert } from '../../ui/problem-alert.tsx'
import css from '../erasure.module.css'
import { useHoldDeeds } from '../hold/hold-deeds.ts'
import { scopeText } from '../words.ts'

/** The holds that something waits for: what each covers, why, since when and by whom. */
export function HoldsPart({ ids }: { readonly ids: readonly string[] }) {
  const api = useApi()
  const holds = useQuery(holdsQuery(api, useSession()?.tenant ?? null))
  const deedsOf = useHoldDeeds()
  return (
    <Part title={ids.length === 1 ? 'The hold that keeps it' : 'The holds that keep it'}>
      {holds.isError && <ProblemAlert error={holds.error} onRetry={() => void holds.refetch()} />}
      <ul className={css.holds}>
        {ids.map(id => {
          const hold = holds.data?.find(one => one.id === id)
          const { setBy } = deedsOf(id)
          return (
            <li key={id}>
              <Link to="/erasure" search={{ tab: 'holds', id }} className={css.link}>
                {hold?.reason ?? id}
              </Link>
              {hold && (
                <span className="dim">
                  {' '}
                  covers {scopeText(hold.scope)}, set <FullTimestamp value={hold.at} />
                  {setBy !== undefined && ` by ${setBy}`}
                </span>
              )}
            </li>
          )
        })}
      </ul>
    </Part>
  )
}
