import { useCallback } from 'react'
import { clearFilter } from '../../filter/filter.ts'
import { ProblemAlert } from '../../ui/problem-alert.tsx'
import css from '../events.module.css'
import type { Browser } from '../use-browser.ts'
import type { useRows } from '../use-rows.ts'
import { NoEventsYet, NoMatch } from './empty-state.tsx'
import { EventGrid } from './event-grid.tsx'
import { ListFooter, RowSkeleton } from './list-footer.tsx'
import { ListStatus } from './list-status.tsx'

interface EventListProps {
  readonly browser: Browser
  readonly rows: ReturnType<typeof useRows>
}

export function EventList({ browser, rows }: EventListProps) {
  const { list, facets, live } = browser
  const received = live.snapshot?.buffer.received
  return (
    <section className={css.main} aria-label="List of events" aria-busy={list.isFetching}>
      {live.snapshot?.status.kind === 'failed' && (
        <div className={css.problem}>
          <ProblemAlert error={live.snapshot.status.problem} />
        </div>
      )}
      <Rows browser={browser} rows={rows} />
      <ListStatus
        result={facets.data}
        updatedAt={list.dataUpdatedAt}
        failed={list.isRefetchError}
        busy={list.isFetching && !list.isFetchingNextPage}
        received={received}
        onRefresh={browser.refresh}
      />
    </section>
  )
}

function Rows({ browser, rows }: EventListProps) {
  const { list, live, search, change, facets } = browser
  const { hasNextPage, isFetchingNextPage, isFetchNextPageError, fetchNextPage } = list
  const more = useCallback(() => {
    if (hasNextPage && !isFetchingNextPage && !isFetchNextPageError) void fetchNextPage()
  }, [hasNextPage, isFetchingNextPage, isFetchNextPageError, fetchNextPage])

  if (list.isError && browser.rows.length === 0) {
    return (
      <div className={`${css.problem} ${css.fill}`}>
        <ProblemAlert error={list.error} onRetry={() => void list.refetch()} />
      </div>
    )
  }
  if (list.isPending)
    return (
      <div className={css.fill}>
        <RowSkeleton rows={18} />
      </div>
    )
  const waiting = live.snapshot?.buffer.pending.length ?? 0
  if (browser.rows.length === 0 && waiting === 0) {
    const hasEvents = browser.head !== 0
    return (
      <div className={css.fill}>
        {hasEvents ? (
          <NoMatch live={live.live} onClear={() => change(clearFilter)} />
        ) : (
          <NoEventsYet onRefresh={browser.refresh} />
        )}
      </div>
    )
  }
  const counted =
    facets.data && !facets.data.capped ? Math.max(facets.data.total, browser.rows.length) : undefined
  return (
    <EventGrid
      rows={browser.rows}
      total={hasNextPage ? counted : browser.rows.length}
      order={browser.order}
      queryKey={browser.queryKey}
      activeId={rows.activeId}
      selectedId={search.event}
      waiting={waiting}
      stale={list.isPlaceholderData}
      footer={
        <ListFooter
          loading={isFetchingNextPage}
          hasMore={hasNextPage}
          error={isFetchNextPageError ? list.error : null}
          onRetry={() => void fetchNextPage()}
        />
      }
      onOrder={browser.flip}
      onOpen={rows.open}
      onKey={rows.onKey}
      onNearEnd={more}
      onScrolled={browser.setScrolled}
      onShowWaiting={browser.release}
    />
  )
}
