import { VisuallyHidden } from '@mantine/core'
import { useDeferredValue, useRef } from 'react'
import { SideDialog } from '../../ui/dialog.tsx'
import { ProblemAlert } from '../../ui/problem-alert.tsx'
import { usePageTitle } from '../../ui/use-page-title.ts'
import { useShortcuts } from '../../ui/use-shortcuts.ts'
import { clearFilter, hasFilter } from '../model/filter.ts'
import { useCatalogSearch, useFound } from '../use-catalog.ts'
import { CatalogResults } from './catalog-results.tsx'
import { CatalogSidebar } from './catalog-sidebar.tsx'
import css from './list.module.css'
import { ListSkeleton } from './list-skeleton.tsx'
import { stepRows } from './move-rows.ts'
import { CatalogSearchBox } from './toolbar/catalog-search-box.tsx'
import { CatalogToolbar } from './toolbar/catalog-toolbar.tsx'
import { useQueryText } from './toolbar/use-query-text.ts'
import { useFilters } from './use-filters.ts'

export function CatalogPage() {
  usePageTitle('Catalogue')
  const { search, change } = useCatalogSearch()
  const [text, setText] = useQueryText(search.q ?? '', change)
  const query = useDeferredValue(text)
  const { catalog, found } = useFound(search, query)
  const filters = useFilters()
  const box = useRef<HTMLInputElement>(null)
  const main = useRef<HTMLDivElement>(null)
  const shown = search.show ?? 'events'

  const step = (by: 1 | -1) => stepRows(main.current, by)
  useShortcuts({
    '/': () => box.current?.select(),
    j: () => step(1),
    k: () => step(-1),
    ArrowDown: () => step(1),
    ArrowUp: () => step(-1),
  })
  const clear = () => {
    setText('')
    change(clearFilter)
  }
  const sidebar = <CatalogSidebar search={search} change={change} found={found} isFailed={catalog.isError} />
  return (
    <div className={css.page}>
      <VisuallyHidden component="h1">Catalogue</VisuallyHidden>
      <CatalogToolbar
        shown={shown}
        found={found}
        isFiltersOpen={filters.isOpen}
        onFilters={filters.toggle}
        onShow={show => change(({ show: _, ...rest }) => (show === 'events' ? rest : { ...rest, show }))}
      >
        <CatalogSearchBox ref={box} text={text} onText={setText} onDown={() => step(1)} />
      </CatalogToolbar>
      <div className={css.body}>
        {filters.isBeside && shown === 'events' && (
          <section className={css.side} aria-label="Filters">
            {sidebar}
          </section>
        )}
        <section ref={main} className={css.main} aria-label={`List of ${shown}`}>
          {catalog.isPending && <ListSkeleton />}
          {catalog.isError && (
            <div className={css.problem}>
              <ProblemAlert error={catalog.error} onRetry={() => void catalog.refetch()} />
            </div>
          )}
          {found && (
            <CatalogResults
              shown={shown}
              found={found}
              query={query}
              isFiltered={hasFilter(search)}
              onClear={clear}
            />
          )}
        </section>
      </div>
      <SideDialog opened={filters.isDialog} onClose={filters.close} title="Filters">
        {sidebar}
      </SideDialog>
    </div>
  )
}
