import { Button, CloseButton } from '@mantine/core'
import type { FacetResult } from '../../api/types.ts'
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
  const actorLabel = (value: string) => result?.facets.actor.find(a => a.value === value)?.label
  return (
    <fieldset className={css.chips} aria-label="Filters" style={{ border: 0, margin: 0 }}>
      {chips.map(({ field, value }) => {
        const shown = field === 'actor' ? (actorLabel(value) ?? value) : value
        return (
          <span key={`${field}:${value}`} className={css.chip}>
            <span className="ellipsis" title={value}>
              <span className="dim">{FIELD_LABEL[field]}:</span> {shown}
            </span>
            <CloseButton
              size="xs"
              aria-label={`Remove the filter ${FIELD_LABEL[field]}: ${shown}`}
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
