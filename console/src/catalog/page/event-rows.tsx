import { Link } from '@tanstack/react-router'
import type { CatalogEvent } from '../../api/catalog-types.ts'
import css from './page.module.css'

interface EventRowsProps {
  readonly types: readonly string[]
  readonly events: readonly CatalogEvent[]
}

/** Event types with what they say; one that is not in the catalogue has its name alone. */
export function EventRows({ types, events }: EventRowsProps) {
  const byType = new Map(events.map(event => [event.type, event]))
  if (types.length === 0) return <p className="dim">None.</p>
  return (
    <ul className={css.rows}>
      {types.map(type => (
        <li key={type}>
          <Link to="/catalog/events/$type" params={{ type }}>
            {type}
          </Link>
          <span>{byType.get(type)?.summary}</span>
        </li>
      ))}
    </ul>
  )
}
