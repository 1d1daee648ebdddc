import { countText } from '../../delivery/words.ts'
import type { Shown } from '../model/filter.ts'
import { wordsOf } from '../model/search.ts'
import type { FoundCatalog } from '../use-catalog.ts'
import { CatalogList } from './catalog-list.tsx'
import css from './list.module.css'

interface CatalogResultsProps {
  readonly shown: Shown
  readonly found: FoundCatalog
  readonly query: string
  /** Whether the URL has a filter. */
  readonly isFiltered: boolean
  readonly onClear: () => void
}

/** How many were found, and the list of them. */
export function CatalogResults({ shown, found, query, isFiltered, onClear }: CatalogResultsProps) {
  const isNarrowed = query.trim() !== '' || (shown === 'events' && isFiltered)
  return (
    <>
      <div className={css.status}>
        <span role="status">{foundText(shown, found)}</span>
        {isNarrowed && (
          <button type="button" className={css.clear} onClick={onClear}>
            Clear the filter
          </button>
        )}
      </div>
      <CatalogList
        shown={shown}
        found={found}
        words={wordsOf(query)}
        isNarrowed={isNarrowed}
        onClear={onClear}
      />
    </>
  )
}

function foundText(shown: Shown, found: FoundCatalog): string {
  const count = found[shown].length
  const noun = count === 1 ? shown.slice(0, -1) : shown
  return shown === 'events' && count < found.total
    ? `${count} of ${countText(found.total, 'event')}`
    : `${count} ${noun}`
}
