import { Button, CloseButton } from '@mantine/core'
import type { FacetResult } from '../../api/types.ts'
import { shownAs } from '../../facet/shown-as.ts'
import {
  clearFilter,
  type EventSearch,
  FIELD_LABEL,
  FIELDS,
  hasFilter,
  toggleValue,
} from '../../filter/filter.ts'
import type { ChangeSearch } from '../use-search.ts'
import css from './toolbar.module.css'

interface FilterChipsProps {
  readonly search: EventSearch
  readonly change: ChangeSearch
  readonly result: FacetResult | undefined
}

/** What narrows the list, each part removable. */
export function FilterChips({ search, change, result }: FilterChipsProps) {
  const chips = FIELDS.flatMap(field => (search[field] ?? []).map(value => ({ field, value })))
  if (!hasFilter(search)) return null
  const actor = shownAs(result?.facets.actor ?? [])
  return (
    <fieldset className={css.chips} aria-label="Filters" style={{ border: 0, margin: 0 }}>
      {chips.map(({ field, value }) => {
        const { text: shown, id } = field === 'actor' ? actor(value) : { text: value }
        return (
          <span key={`${field}:${value}`} className={css.chip}>
            <span className="ellipsis" title={value}>
              <span className="dim">{FIELD_LABEL[field]}:</span> {shown}
              {id !== undefined && <span className="dim"> {id}</span>}
            </span>
            <CloseButton
              size="xs"
              aria-label={`Remove the filter ${FIELD_LABEL[field]}: ${shown}${id === undefined ? '' : ` ${id}`}`}
              onClick={() => change(before => toggleValue(before, field, value))}
            />
          </span>
        )
      })}
      <Button size="compact-xs" variant="subtle" onClick={() => change(clearFilter)}>
        Clear all
      </Button>
    </fieldset>
  )
}
