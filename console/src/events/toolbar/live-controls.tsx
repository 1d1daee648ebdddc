import { ActionIcon, Button, Tooltip } from '@mantine/core'
import { IconPlayerPause, IconPlayerPlay } from '@tabler/icons-react'
import { useNow } from '../../time/context.tsx'
import { eventRate } from '../tail/buffer.ts'
import { CAPACITY, type TailSnapshot } from '../tail/session.ts'
import css from './toolbar.module.css'

interface LiveControlsProps {
  readonly live: boolean
  readonly paused: boolean
  /** Why there can be no live view; undefined when there can. */
  readonly refusal: string | undefined
  readonly snapshot: TailSnapshot | null
  readonly onLive: () => void
  readonly onPause: () => void
}

export function LiveControls({ live, paused, refusal, snapshot, onLive, onPause }: LiveControlsProps) {
  const state = snapshot?.status.kind === 'live' && !paused ? 'live' : 'idle'
  return (
    <div className={css.live}>
      <Tooltip
        label={refusal ?? (live ? 'Stop following (l)' : 'Follow new events as they are recorded (l)')}
      >
        <Button
          variant={live ? 'light' : 'default'}
          aria-pressed={live}
          data-disabled={refusal !== undefined}
          aria-disabled={refusal !== undefined}
          onClick={refusal === undefined ? onLive : undefined}
          leftSection={<span className={css.dot} data-state={live ? state : undefined} />}
        >
          Live
        </Button>
      </Tooltip>
      {live && (
        <>
          <Tooltip label={paused ? 'Resume (p)' : 'Pause (p)'}>
            <ActionIcon
              size="lg"
              aria-label={paused ? 'Resume the live tail' : 'Pause the live tail'}
              onClick={onPause}
            >
              {paused ? <IconPlayerPlay size={16} /> : <IconPlayerPause size={16} />}
            </ActionIcon>
          </Tooltip>
          {snapshot && <Gauge snapshot={snapshot} />}
        </>
      )}
    </div>
  )
}

function Gauge({ snapshot }: { readonly snapshot: TailSnapshot }) {
  const tick = useNow()
  const { status, buffer, samples, since } = snapshot
  if (status.kind === 'connecting') return <span className={css.rate}>connecting…</span>
  if (status.kind === 'failed') return <span className={css.rate}>stopped</span>
  if (status.kind === 'waiting')
    return <span className={css.rate}>reconnecting in {Math.ceil(status.delay / 1000)} s</span>
  const rate = eventRate(samples, since, Math.max(tick, samples.at(-1)?.at ?? 0))
  const text = rate >= 10 ? Math.round(rate).toLocaleString('en') : rate.toFixed(1)
  return (
    <span className={css.rate}>
      {text}/s
      {buffer.dropped > 0 && (
        <Tooltip
          label={`A live view holds ${CAPACITY.toLocaleString('en')} events. The rest is stored; refresh to see it.`}
        >
          <span> · {buffer.dropped.toLocaleString('en')} dropped</span>
        </Tooltip>
      )}
    </span>
  )
}
