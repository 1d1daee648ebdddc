import type { AttemptView } from '../../api/delivery-types.ts'
import page from '../../delivery/page.module.css'
import { spanText } from '../../delivery/words.ts'
import { useTimePreferences } from '../../time/context.tsx'
import { absolute } from '../../time/format.ts'
import css from './letter.module.css'

interface AttemptsProps {
  readonly tries: readonly AttemptView[]
  readonly recordedAt: string
}

/** Every try, the first one first, with how long after the one before. */
export function Attempts({ tries, recordedAt }: AttemptsProps) {
  const { zone } = useTimePreferences()
  if (tries.length === 0)
    return <p className={page.help}>None: it was set aside before its handler was called.</p>
  return (
    <ol className={css.tries}>
      {tries.map(({ at, name, message, code }, index) => {
        const before = tries[index - 1]?.at ?? recordedAt
        const gap = Math.max(0, (Date.parse(at) - Date.parse(before)) / 1000)
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: tries are only ever added at the end
          <li key={index} className={css.try}>
            <span className={css.nth}>{index + 1}</span>
            <span className={css.when}>
              <time dateTime={at}>{absolute(Date.parse(at), zone)}</time>
              <span className={css.gap}>
                {spanText(gap)} after {index === 0 ? 'it was recorded' : 'the one before'}
              </span>
            </span>
            <span className={css.message}>
              <strong>{name}</strong>
              {code !== null && ` (${code})`} {message}
            </span>
          </li>
        )
      })}
    </ol>
  )
}
