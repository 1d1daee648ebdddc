import { Skeleton } from '@mantine/core'
import { ProblemAlert } from '../../ui/problem-alert.tsx'
import css from './grid.module.css'

interface ListFooterProps {
  readonly loading: boolean
  readonly hasMore: boolean
  readonly error: unknown
  readonly onRetry: () => void
}

/** The end of the loaded rows. */
export function ListFooter({ loading, hasMore, error, onRetry }: ListFooterProps) {
  if (error) {
    return (
      <div className={css.more}>
        <ProblemAlert error={error} onRetry={onRetry} />
      </div>
    )
  }
  if (loading) return <RowSkeleton rows={3} />
  if (hasMore) return null
  return <div className={css.more}>That is all.</div>
}

const WIDTHS = [84, 93, 71, 88, 97, 76, 90, 81, 95, 73, 86, 92, 78, 98, 83, 89, 75, 94]

export function RowSkeleton({ rows }: { readonly rows: number }) {
  return (
    <div aria-hidden>
      {WIDTHS.slice(0, rows).map(width => (
        <div key={width} className={css.skeleton}>
          <Skeleton h={12} w={`${width}%`} />
        </div>
      ))}
    </div>
  )
}
