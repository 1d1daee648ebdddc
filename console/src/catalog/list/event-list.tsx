import { useState } from 'react'
import type { CatalogEvent } from '../../api/catalog-types.ts'
import { contextOf } from '../model/filter.ts'
import type { Found } from '../model/search.ts'
import { Marks } from '../page/marks.tsx'
import { ByContext } from './by-context.tsx'
import { CatalogRow } from './catalog-row.tsx'
import css from './list.module.css'

interface EventListProps {
  readonly found: readonly Found<CatalogEvent>[]
  readonly words: readonly string[]
}

/** More than this at once is more than anybody reads, and slow. */
const MANY = 300

/** Events by their context; while searching in one list, the best first. */
export function EventList({ found, words }: EventListProps) {
  const [isWhole, setWhole] = useState(false)
  const shown = isWhole ? found : found.slice(0, MANY)
  const rest = found.length - shown.length
  return (
    <>
      {words.length > 0 ? (
        <ul className={css.list}>{shown.map(one => toRow(one, words))}</ul>
      ) : (
        <ByContext found={shown} contextOf={contextOf} toRow={one => toRow(one, words)} />
      )}
      {rest > 0 && (
        <button type="button" className={css.more} onClick={() => setWhole(true)}>
          Show {rest.toLocaleString('en')} more
        </button>
      )}
    </>
  )
}

function toRow({ item, why }: Found<CatalogEvent>, words: readonly string[]) {
  return (
    <CatalogRow
      key={item.type}
      to={{ to: '/catalog/events/$type', params: { type: item.type } }}
      name={item.type}
      summary={item.summary}
      words={words}
      why={why}
      beside={<Marks event={item} />}
      facts={[item.kind, item.topic, `v${item.version}`]}
    />
  )
}
