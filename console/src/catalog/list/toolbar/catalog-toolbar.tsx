import { ActionIcon, SegmentedControl, Tooltip } from '@mantine/core'
import { IconAdjustmentsHorizontal } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { SHOWN, type Shown } from '../../model/filter.ts'
import type { FoundCatalog } from '../../use-catalog.ts'
import css from '../list.module.css'

interface CatalogToolbarProps {
  readonly shown: Shown
  readonly found: FoundCatalog | undefined
  readonly isFiltersOpen: boolean
  readonly onFilters: () => void
  readonly onShow: (shown: Shown) => void
  /** The search box. */
  readonly children: ReactNode
}

const LABEL: Readonly<Record<Shown, string>> = { events: 'Events', commands: 'Commands', topics: 'Topics' }

export function CatalogToolbar(props: CatalogToolbarProps) {
  const { shown, found, isFiltersOpen } = props
  return (
    <div className={css.toolbar}>
      <Tooltip label={isFiltersOpen ? 'Hide the filters' : 'Show the filters'}>
        <ActionIcon
          size="lg"
          variant="default"
          aria-label="Filters"
          aria-expanded={isFiltersOpen}
          disabled={shown !== 'events'}
          onClick={props.onFilters}
        >
          <IconAdjustmentsHorizontal size={17} stroke={1.7} />
        </ActionIcon>
      </Tooltip>
      {props.children}
      <SegmentedControl
        aria-label="What is listed"
        value={shown}
        onChange={value => props.onShow(value as Shown)}
        data={SHOWN.map(name => ({
          value: name,
          label: (
            <>
              {LABEL[name]} <span className={css.count}>{found?.[name].length}</span>
            </>
          ),
        }))}
      />
    </div>
  )
}
