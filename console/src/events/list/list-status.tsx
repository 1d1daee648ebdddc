import { ActionIcon, Tooltip } from '@mantine/core'
import { IconRefresh } from '@tabler/icons-react'
import type { FacetResult } from '../../api/types.ts'
import { useNow } from '../../time/context.tsx'
import { updatedText } from '../../time/format.ts'
import css from './status.module.css'

interface ListStatusProps {
  readonly result: FacetResult | undefined
  readonly updatedAt: number
  /** Whether it could not be fetched again. */
  readonly failed: boolean
  readonly busy: boolean
  readonly received: number | undefined
  readonly onRefresh: () => void
}

export function ListStatus({ result, updatedAt, failed, busy, received, onRefresh }: ListStatusProps) {
  return (
    <div className={css.status}>
      <span role="status" aria-live="polite">
        {result && countText(result)}
      </span>
      {received !== undefined && received > 0 && <span>{received.toLocaleString('en')} received live</span>}
      <span className={css.end}>{busy ? 'loading…' : <Updated at={updatedAt} isStale={failed} />}</span>
      <Tooltip label="Refresh (r)">
        <ActionIcon
          size="sm"
          aria-label="Refresh"
          onClick={onRefresh}
          loading={busy}
          loaderProps={{ size: 12 }}
        >
          <IconRefresh size={15} stroke={1.7} />
        </ActionIcon>
      </Tooltip>
    </div>
  )
}

function countText({ total, capped }: FacetResult): string {
  return `${total.toLocaleString('en')}${capped ? ' or more' : ''} ${total === 1 ? 'event' : 'events'}`
}

function Updated({ at, isStale }: { readonly at: number; readonly isStale: boolean }) {
  return updatedText(at, useNow(), isStale)
}
