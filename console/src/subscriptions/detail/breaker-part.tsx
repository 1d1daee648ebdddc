import type { SubscriptionDetail } from '../../api/delivery-types.ts'
import { Part } from '../../catalog/page/page-frame.tsx'
import { Mark } from '../../delivery/mark.tsx'
import page from '../../delivery/page.module.css'
import { BREAKERS, breakerText } from '../model/words.ts'
import css from './detail.module.css'

/** Whether events flow, what that means, and what went wrong last. */
export function BreakerPart({ subscription }: { readonly subscription: SubscriptionDetail }) {
  const { breaker, lastError, state } = subscription
  return (
    <Part title="Circuit breaker">
      <div className={css.breaker}>
        <Mark tone={BREAKERS[breaker].tone}>{breaker}</Mark>
        <p>
          {breakerText(subscription)}
          {state === 'paused' && ' It is paused by hand, so it stays so until somebody resumes it.'}
          {breaker === 'closed' &&
            ' Where too much fails it opens by itself, so that a fault elsewhere makes no dead letters.'}
        </p>
      </div>
      {lastError !== null && (
        <>
          <p className={css.caption}>Last error, until something goes well:</p>
          <p className={page.errorText}>{lastError}</p>
        </>
      )}
    </Part>
  )
}
