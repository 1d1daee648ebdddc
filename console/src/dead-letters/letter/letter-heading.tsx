import { Button } from '@mantine/core'
import { IconLockOpen, IconPlayerTrackNext, IconTrash } from '@tabler/icons-react'
import { Link, useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import type { DeadLetterDetail, UnparkResult } from '../../api/delivery-types.ts'
import css from '../../catalog/page/page.module.css'
import { Mark } from '../../delivery/mark.tsx'
import { useDeliveryPermissions } from '../../delivery/permission.ts'
import { countText } from '../../delivery/words.ts'
import { useSubscription } from '../../subscriptions/use-subscriptions.ts'
import { FullTimestamp } from '../../time/timestamp.tsx'
import { DiscardDialog } from '../act/discard-dialog.tsx'
import { ReplayDialog } from '../act/replay-dialog.tsx'
import { UnparkDialog } from '../act/unpark-dialog.tsx'
import { CAUSE_WORDS } from '../model/words.ts'
import letterCss from './letter.module.css'

interface LetterHeadingProps {
  readonly letter: DeadLetterDetail
  readonly isGone: boolean
}

export function LetterHeading({ letter, isGone }: LetterHeadingProps) {
  const { subscription, eventType, eventId, reason, setAsideAt, orderingKey, isEdited } = letter
  const { canReplay } = useDeliveryPermissions()
  return (
    <header>
      <div className={css.top}>
        <h1 className={css.heading}>{eventType}</h1>
        <Mark tone="bad" title={CAUSE_WORDS[reason].meaning}>
          {CAUSE_WORDS[reason].short}
        </Mark>
        {isEdited && <span className={css.mark}>edited</span>}
        {canReplay && <Tools letter={letter} isGone={isGone} />}
      </div>
      <div className={css.facts}>
        <span>
          of{' '}
          <Link to="/subscriptions/$name" params={{ name: subscription }}>
            {subscription}
          </Link>
        </span>
        <span>
          set aside <FullTimestamp value={setAsideAt} />
        </span>
        <span>
          event{' '}
          <Link to="/events/$eventId" params={{ eventId }} className="mono">
            {eventId}
          </Link>
        </span>
        {orderingKey !== null && (
          <span>
            key{' '}
            <Link to="/dead-letters" search={{ subscription, orderingKey }} className="mono">
              {orderingKey}
            </Link>
          </span>
        )}
        <span>{CAUSE_WORDS[reason].meaning}</span>
      </div>
    </header>
  )
}

type Act = 'replay' | 'discard' | 'unpark'

/** A dialog stays until it is closed, also over what it has done away with. */
function Tools({ letter, isGone }: LetterHeadingProps) {
  const { subscription, id, orderingKey } = letter
  const [act, setAct] = useState<Act>()
  const [released, setReleased] = useState<UnparkResult>()
  const { data } = useSubscription(subscription)
  const canUnpark =
    orderingKey !== null && (letter.reason === 'parked' || data?.settings.deadLetter === 'parkKey')
  const navigate = useNavigate()
  const close = () => setAct(undefined)
  const toList = () => void navigate({ to: '/dead-letters', search: { subscription } })
  const selection = { subscription, ids: [id] }
  const tool = (name: Act, label: string, Icon: typeof IconTrash) => (
    <Button variant="default" leftSection={<Icon size={15} />} onClick={() => setAct(name)}>
      {label}
    </Button>
  )
  return (
    <div className={css.tools}>
      {released && (
        <span role="status" className={letterCss.released}>
          {countText(released.released, 'event')} let go on
        </span>
      )}
      {!isGone && (
        <>
          {canUnpark && tool('unpark', 'Let its key go on…', IconLockOpen)}
          {tool('discard', 'Discard…', IconTrash)}
          <Button leftSection={<IconPlayerTrackNext size={15} />} onClick={() => setAct('replay')}>
            Replay…
          </Button>
        </>
      )}
      {act === 'replay' && <ReplayDialog selection={selection} onClose={close} />}
      {act === 'discard' && <DiscardDialog selection={selection} onClose={close} onDone={toList} />}
      {act === 'unpark' && orderingKey !== null && (
        <UnparkDialog
          subscription={subscription}
          orderingKey={orderingKey}
          onClose={close}
          onDone={result => {
            setReleased(result)
            close()
          }}
        />
      )}
    </div>
  )
}
