import { Skeleton } from '@mantine/core'
import css from '../../facet/facet.module.css'
import { FacetGroup } from '../../facet/facet-group.tsx'
import { type CatalogSearch, FACET_LABEL, toggleFacet } from '../model/filter.ts'
import type { ChangeSearch, FoundCatalog } from '../use-catalog.ts'

interface CatalogSidebarProps {
  readonly search: CatalogSearch
  readonly change: ChangeSearch
  readonly found: FoundCatalog | undefined
  readonly isFailed: boolean
}

/** What the list of events can be narrowed by. */
export function CatalogSidebar({ search, change, found, isFailed }: CatalogSidebarProps) {
  if (!found) return isFailed ? null : <Skeleton h={220} m={12} w="auto" />
  const flipMine = () => change(({ mine, ...rest }) => (mine ? rest : { ...rest, mine: true }))
  return (
    <div className={css.facets}>
      <fieldset className={css.group}>
        <legend className={css.title}>Whose</legend>
        <label className={css.value}>
          <input type="checkbox" className={css.box} checked={search.mine === true} onChange={flipMine} />
          <span className={css.name}>Own types only</span>
          <span className={css.count}>{found.mine}</span>
        </label>
      </fieldset>
      {found.facets.map(({ facet, values }) => (
        <FacetGroup
          key={facet}
          title={FACET_LABEL[facet]}
          values={values}
          chosen={search[facet] ?? []}
          onToggle={value => change(before => toggleFacet(before, facet, value))}
        />
      ))}
    </div>
  )
}
