import type { CatalogCommand } from '../../api/catalog-types.ts'
import { contextOf } from '../model/filter.ts'
import type { Found } from '../model/search.ts'
import { ByContext } from './by-context.tsx'
import { CatalogRow } from './catalog-row.tsx'
import css from './list.module.css'

interface CommandListProps {
  readonly found: readonly Found<CatalogCommand>[]
  readonly words: readonly string[]
}

/** Commands by their context; while searching in one list, the best first. */
export function CommandList({ found, words }: CommandListProps) {
  const toRow = ({ item, why }: Found<CatalogCommand>) => (
    <CatalogRow
      key={item.type}
      to={{ to: '/catalog/commands/$type', params: { type: item.type } }}
      name={item.type}
      summary={item.summary}
      words={words}
      why={why}
      facts={[item.aggregate, `v${item.version}`]}
    />
  )
  if (words.length > 0) return <ul className={css.list}>{found.map(toRow)}</ul>
  return <ByContext found={found} contextOf={contextOf} toRow={toRow} />
}
