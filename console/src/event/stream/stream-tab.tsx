import { Button, Group, SegmentedControl, Skeleton, Text } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { EventDetail, StreamList } from '../../api/types.ts'
import { useApi, useSession } from '../../auth/context.ts'
import { ProblemAlert } from '../../ui/problem-alert.tsx'
import css from './stream.module.css'
import { StreamRow } from './stream-row.tsx'

type Order = 'asc' | 'desc'

function useStream(stream: string, order: Order) {
  const api = useApi()
  const tenant = useSession()?.tenant ?? null
  return useInfiniteQuery({
    queryKey: ['stream', tenant, stream, order],
    queryFn: ({ pageParam, signal }) =>
      api.get<StreamList>(`/v1/streams/${encodeURIComponent(stream)}`, {
        query: { order, limit: 50, view: 'summary', cursor: pageParam },
        signal,
      }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: last => (last.page.hasMore ? (last.page.nextCursor ?? undefined) : undefined),
  })
}

export function StreamTab({ detail }: { readonly detail: EventDetail }) {
  const { event, neighbours } = detail
  const [order, setOrder] = useState<Order>('asc')
  const list = useStream(event.stream, order)
  const near = [neighbours.previous, event, neighbours.next].filter(e => e !== null)
  return (
    <>
      {near.length > 1 && (
        <>
          <h2 className={css.title}>Here</h2>
          <ol className={css.list}>
            {near.map(one => (
              <StreamRow key={one.eventId} event={one} current={one.eventId === event.eventId} />
            ))}
          </ol>
        </>
      )}
      <Group justify="space-between" mt={near.length > 1 ? 'xl' : 0} mb={6}>
        <h2 className={css.title}>
          The stream <span className="mono">{event.stream}</span>
        </h2>
        <SegmentedControl
          size="xs"
          aria-label="Order of the stream"
          value={order}
          onChange={value => setOrder(value as Order)}
          data={[
            { value: 'asc', label: 'Oldest first' },
            { value: 'desc', label: 'Newest first' },
          ]}
        />
      </Group>
      {list.isPending && <Skeleton h={160} />}
      {list.isError && <ProblemAlert error={list.error} onRetry={() => void list.refetch()} />}
      <ol className={css.list}>
        {list.data?.pages.flatMap(page =>
          page.data.map(one => (
            <StreamRow key={one.eventId} event={one} current={one.eventId === event.eventId} />
          )),
        )}
      </ol>
      {list.hasNextPage && (
        <Button
          mt="sm"
          variant="default"
          size="xs"
          loading={list.isFetchingNextPage}
          onClick={() => void list.fetchNextPage()}
        >
          Load more
        </Button>
      )}
      {list.isSuccess && !list.hasNextPage && (
        <Text size="xs" c="dimmed" mt="xs">
          That is the whole stream.
        </Text>
      )}
    </>
  )
}
