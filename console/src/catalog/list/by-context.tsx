import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { byType } from '../model/filter.ts'
import type { Found } from '../model/search.ts'
import css from './list.module.css'

interface ByContextProps<Item> {
  readonly found: readonly Found<Item>[]
  readonly contextOf: (item: Item) => string
  readonly toRow: (one: Found<Item>) => ReactNode
}

/** Types under their contexts, both by name. */
export function ByContext<Item extends { readonly type: string }>({
  found,
  contextOf,
  toRow,
}: ByContextProps<Item>) {
  return groupsOf(found, contextOf).map(([context, group]) => (
    <section key={context} aria-label={context}>
      <h2 className={css.group}>
        <Link to="/catalog/contexts/$context" params={{ context }}>
          {context}
        </Link>
        <span className={css.count}>{group.length}</span>
      </h2>
      <ul className={css.list}>{group.map(toRow)}</ul>
    </section>
  ))
}

function groupsOf<Item extends { readonly type: string }>(
  found: readonly Found<Item>[],
  contextOf: (item: Item) => string,
): [string, Found<Item>[]][] {
  const groups = new Map<string, Found<Item>[]>()
  for (const one of found) {
    const context = contextOf(one.item)
    groups.set(context, [...(groups.get(context) ?? []), one])
  }
  for (const group of groups.values()) group.sort((a, b) => byType(a.item, b.item))
  return [...groups].sort(([a], [b]) => (a < b ? -1 : 1))
}
