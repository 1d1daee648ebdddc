import { useMemo, useState } from 'react'
import { useTail } from './tail/use-tail.ts'
import { useAnchor, useEvents, useFacets } from './use-events.ts'
import { useEventSearch } from './use-search.ts'

/** Everything the event browser shows: the list, the live rows above it, and the counts. */
export function useBrowser() {
  const { search, filter, change } = useEventSearch()
  const { anchor, refresh } = useAnchor(filter)
  const [paused, setPaused] = useState(false)
  const [scrolled, setScrolled] = useState(false)
  const order: 'asc' | 'desc' = search.order ?? 'desc'
  const refusal = filter.to ? 'The time range has an end: nothing new can come into it' : undefined
  const on = search.live === true && refusal === undefined && order === 'desc'

  const { list, rows: stored, head } = useEvents(filter, order, anchor, on)
  const facets = useFacets(filter, anchor, on)
  const tail = useTail(
    filter,
    on && list.isSuccess && !list.isPlaceholderData ? head : undefined,
    paused || scrolled,
  )

  const shown = tail.snapshot?.buffer.shown
  const rows = useMemo(() => {
    if (!shown || shown.length === 0) return stored
    const newest = stored[0]?.position ?? 0
    return [...shown.filter(event => event.position > newest), ...stored]
  }, [shown, stored])

  const toggle = () => {
    setPaused(false)
    // What came live is in the store by now: read it from there, in place of the rows that go.
    if (on) refresh()
    change(({ order: _order, live: _live, ...rest }) => (on ? rest : { ...rest, live: true }), {
      replace: true,
    })
  }
  const live = {
    live: on,
    paused,
    refusal,
    snapshot: tail.snapshot,
    toggle: () => refusal === undefined && toggle(),
    pause: () => on && setPaused(p => !p),
  }
  const flip = () =>
    change(({ order: before, live: _live, ...rest }) => (before === 'asc' ? rest : { ...rest, order: 'asc' }))
  const queryKey = JSON.stringify([filter, order, anchor])
  return {
    search,
    change,
    order,
    queryKey,
    flip,
    list,
    rows,
    head,
    facets,
    live,
    release: tail.release,
    setScrolled,
    refresh,
  }
}

export type Browser = ReturnType<typeof useBrowser>
