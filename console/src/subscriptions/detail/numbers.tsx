import { Link } from '@tanstack/react-router'
import type { SubscriptionDetail } from '../../api/delivery-types.ts'
import { Tile, Tiles } from '../../delivery/tile.tsx'
import { manyText, numberText, rateText } from '../../delivery/words.ts'
import { useNow } from '../../time/context.tsx'
import { behindText, dueText, LAG_MEANING, LATER_MEANING, laterText, retriesText } from '../model/words.ts'

export function Numbers({ subscription }: { readonly subscription: SubscriptionDetail }) {
  const { name, kind, lag, throughput, handled, failed, retriesWaiting, deadLetters, inFlight } = subscription
  const { scheduled } = subscription
  const now = useNow()
  return (
    <Tiles label="Numbers">
      <Tile
        label="Behind"
        hint={LAG_MEANING}
        value={numberText(lag.events)}
        note={behindText(lag)}
        tone={lag.seconds > 60 ? 'warn' : 'plain'}
      />
      <Tile
        label="Handled"
        value={rateText(throughput.handledPerSecond)}
        note={`${numberText(handled)} since it runs here`}
      />
      <Tile
        label="Failed"
        value={rateText(throughput.failedPerSecond)}
        note={`${numberText(failed)} since it runs here`}
        tone={throughput.failedPerSecond > 0 ? 'bad' : 'plain'}
      />
      {kind === 'delivery' && (
        <>
          <Tile label="With consumers" value={numberText(inFlight)} note="at this moment" />
          <Tile
            label="Waiting for a retry"
            value={manyText(retriesWaiting)}
            note={retriesText(subscription)}
          />
          <Tile
            label="For later"
            hint={LATER_MEANING}
            value={laterText(scheduled)}
            note={dueText(scheduled, now)}
          />
          <Tile
            label="Dead letters"
            value={
              deadLetters === 0 ? (
                '0'
              ) : (
                <Link to="/dead-letters" search={{ subscription: name }}>
                  {manyText(deadLetters)}
                </Link>
              )
            }
            note={deadLetters === 0 ? 'none was set aside' : 'to be looked at'}
            tone={deadLetters > 0 ? 'bad' : 'plain'}
          />
        </>
      )}
    </Tiles>
  )
}
