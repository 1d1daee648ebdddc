import type { CatalogEvent } from '../../api/catalog-types.ts'
import { marksOf } from '../model/filter.ts'
import css from './page.module.css'

const MEANING: Readonly<Record<string, string>> = {
  deprecated: 'It is going away',
  reserved: 'Only Keelson itself writes it',
  derived: 'Readers derive it from the log: it is neither published nor stored',
  'personal data': 'Some of its fields are personal data',
}

/** What is out of the ordinary about an event, each in a word. */
export function Marks({ event }: { readonly event: CatalogEvent }) {
  const marks = [...marksOf(event), ...(event.scope === 'tenant' ? ['own type'] : [])]
  if (marks.length === 0) return null
  return (
    <span className={css.marks}>
      {marks.map(mark => (
        <span key={mark} className={css.mark} data-mark={mark} title={MEANING[mark]}>
          {mark}
        </span>
      ))}
    </span>
  )
}
