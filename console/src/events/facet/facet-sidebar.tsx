import { Skeleton } from '@mantine/core'
import { FACETS, type FacetResult } from '../../api/types.ts'
import { useSeesPersonal } from '../../auth/use-me.ts'
import css from '../../facet/facet.module.css'
import { FacetGroup } from '../../facet/facet-group.tsx'
import type { EventSearch } from '../../filter/filter.ts'
import { FIELD_LABEL, toggleValue } from '../../filter/filter.ts'
import type { ChangeSearch } from '../use-search.ts'

interface FacetSidebarProps {
  readonly search: EventSearch
  readonly change: ChangeSearch
  readonly result: FacetResult | undefined
  readonly failed: boolean
}

export function FacetSidebar({ search, change, result, failed }: FacetSidebarProps) {
  const seesPersonal = useSeesPersonal()
  // Who it was is a personal field; one that a link asks for can be taken away still.
  const names = FACETS.filter(name => seesPersonal || name !== 'actor' || search.actor !== undefined)
  return (
    <div className={css.facets}>
      {names.map(name => (
        <FacetGroup
          key={name}
          title={FIELD_LABEL[name]}
          values={result?.facets[name] ?? []}
          chosen={search[name] ?? []}
          hides={name === 'actor' || name === 'resource' ? { seesPersonal } : undefined}
          onToggle={value => change(before => toggleValue(before, name, value))}
        />
      ))}
      {!result && !failed && <FacetSkeleton />}
      {failed && <p className={css.note}>The counts cannot be loaded now.</p>}
      {result?.total === 0 && <p className={css.note}>Values to filter by appear here when events match.</p>}
      {result?.capped && <p className={css.note}>Counted over the newest 10,000 matching events.</p>}
    </div>
  )
}

const WIDTHS = [72, 90, 61, 84, 55, 78, 67, 93, 58, 81, 70, 88]

function FacetSkeleton() {
  return (
    <div className={css.skeleton}>
      {WIDTHS.map(width => (
        <Skeleton key={width} h={12} mb={12} w={`${width}%`} />
      ))}
    </div>
  )
}
