import { ActionIcon, Tooltip } from '@mantine/core'
import { IconRefresh } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import status from '../events/list/status.module.css'
import { useNow } from '../time/context.tsx'
import { updatedText } from '../time/format.ts'

interface RefreshBarProps {
  readonly query: {
    readonly dataUpdatedAt: number
    readonly isFetching: boolean
    readonly isError: boolean
    readonly refetch: () => unknown
  }
  readonly children: ReactNode
}

/** What is listed, how old it is, and a button to look again. */
export function RefreshBar({ query, children }: RefreshBarProps) {
  const now = useNow()
  const { dataUpdatedAt: at, isError } = query
  return (
    <div className={status.status}>
      <span role="status" aria-live="polite">
        {children}
      </span>
      <span className={status.end}>{updatedText(at, now, isError)}</span>
      <Tooltip label="Refresh (r)">
        <ActionIcon size="sm" aria-label="Refresh" onClick={() => void query.refetch()}>
          <IconRefresh size={15} stroke={1.7} />
        </ActionIcon>
      </Tooltip>
    </div>
  )
}
