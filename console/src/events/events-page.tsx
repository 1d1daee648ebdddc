import { ActionIcon, Tooltip, VisuallyHidden } from '@mantine/core'
import { useDisclosure, useLocalStorage, useMediaQuery } from '@mantine/hooks'
import { IconAdjustmentsHorizontal } from '@tabler/icons-react'
import { useNavigate } from '@tanstack/react-router'
import { useCallback, useRef } from 'react'
import { SideDialog } from '../ui/dialog.tsx'
import { usePageTitle } from '../ui/use-page-title.ts'
import { useShortcuts } from '../ui/use-shortcuts.ts'
import css from './events.module.css'
import { FacetSidebar } from './facet/facet-sidebar.tsx'
import { EventList } from './list/event-list.tsx'
import { EventPanel } from './panel/event-panel.tsx'
import { FilterChips } from './toolbar/filter-chips.tsx'
import { LiveControls } from './toolbar/live-controls.tsx'
import { SearchBox } from './toolbar/search-box.tsx'
import { TimeRange } from './toolbar/time-range.tsx'
import toolbar from './toolbar/toolbar.module.css'
import { useBrowser } from './use-browser.ts'
import { useRows } from './use-rows.ts'

export function EventsPage() {
  usePageTitle('Events')
  const browser = useBrowser()
  const { search, change, facets, live } = browser
  const rows = useRows(browser.rows, search.event, change)
  const box = useRef<HTMLInputElement>(null)
  const navigate = useNavigate()
  const wide = useMediaQuery('(min-width: 1000px)', true, { getInitialValueInEffect: false })
  const [pinned, setPinned] = useLocalStorage({
    key: 'keelson.facets',
    defaultValue: true,
    getInitialValueInEffect: false,
  })
  const [drawer, setDrawer] = useDisclosure(false)

  useShortcuts({
    '/': () => box.current?.select(),
    j: () => rows.step(1),
    k: () => rows.step(-1),
    l: live.toggle,
    p: live.pause,
    r: browser.refresh,
    o: () => rows.activeId && void navigate({ to: '/events/$eventId', params: { eventId: rows.activeId } }),
    Escape: rows.close,
  })
  const commit = useCallback(
    (q: string) => change(({ q: _q, ...rest }) => (q === '' ? rest : { ...rest, q }), { replace: true }),
    [change],
  )
  const sidebar = (
    <FacetSidebar search={search} change={change} result={facets.data} failed={facets.isError} />
  )
  return (
    <div className={css.page}>
      <VisuallyHidden component="h1">Events</VisuallyHidden>
      <div className={toolbar.toolbar}>
        <Tooltip label={wide && pinned ? 'Hide the filters' : 'Show the filters'}>
          <ActionIcon
            size="lg"
            variant="default"
            aria-label="Filters"
            aria-expanded={wide ? pinned : drawer}
            onClick={() => (wide ? setPinned(!pinned) : setDrawer.toggle())}
          >
            <IconAdjustmentsHorizontal size={17} stroke={1.7} />
          </ActionIcon>
        </Tooltip>
        <SearchBox ref={box} value={search.q ?? ''} onCommit={commit} />
        <TimeRange search={search} change={change} />
        <LiveControls {...live} onLive={live.toggle} onPause={live.pause} />
      </div>
      <FilterChips search={search} change={change} result={facets.data} />
      <div className={css.body}>
        {wide && pinned && (
          <section className={css.side} aria-label="Filters">
            {sidebar}
          </section>
        )}
        <EventList browser={browser} rows={rows} />
        {search.event && (
          <EventPanel
            eventId={search.event}
            row={browser.rows.find(row => row.eventId === search.event)}
            search={search}
            onStep={rows.step}
            onClose={rows.close}
          />
        )}
      </div>
      <SideDialog opened={drawer && !wide} onClose={setDrawer.close} title="Filters">
        {sidebar}
      </SideDialog>
    </div>
  )
}
