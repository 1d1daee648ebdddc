import { useState } from 'react'
import type { FacetValue } from '../api/types.ts'
import { hiddenValue, hiddenWords } from '../ui/hidden-value.ts'
import css from './facet.module.css'
import { shownAs } from './shown-as.ts'

interface FacetGroupProps {
  readonly title: string
  readonly values: readonly FacetValue[]
  readonly chosen: readonly string[]
  /** Whether one value stands for people and things whose names are not to be seen; who sees all that is there. */
  readonly hides?: { readonly seesPersonal: boolean } | undefined
  readonly onToggle: (value: string) => void
}

const FEW = 6

/** Values to filter by, with how many each would leave. */
export function FacetGroup({ title, values, chosen, hides, onToggle }: FacetGroupProps) {
  const [all, setAll] = useState(false)
  const counted = new Set(values.map(v => v.value))
  // What is filtered by stays in sight even when nothing matches it.
  const rows: readonly (Omit<FacetValue, 'count'> & { count?: number })[] = [
    ...chosen.filter(value => !counted.has(value)).map(value => ({ value })),
    ...values,
  ]
  if (rows.length === 0) return null
  const shown = shownAs(rows)
  const visible = all ? rows : rows.slice(0, Math.max(FEW, chosen.length))
  return (
    <fieldset className={css.group}>
      <legend className={css.title}>{title}</legend>
      {visible.map(({ value, label, count }) => {
        const hidden = hides && value === hiddenValue ? hiddenWords(hides) : undefined
        const { text, id } = shown(value)
        const named = label ? `${label} (${value})` : value
        return (
          <label key={value} className={css.value} title={hidden?.meaning ?? named}>
            <input
              type="checkbox"
              className={css.box}
              checked={chosen.includes(value)}
              onChange={() => onToggle(value)}
            />
            <span className={css.name}>
              {hidden?.text ?? text}
              {id !== undefined && <span className="dim"> {id}</span>}
            </span>
            {count !== undefined && <span className={css.count}>{count.toLocaleString('en')}</span>}
          </label>
        )
      })}
      {rows.length > visible.length && (
        <button
          type="button"
          className={css.more}
          onClick={() => setAll(true)}
          aria-label={`${rows.length - visible.length} more of ${title}`}
        >
          {rows.length - visible.length} more
        </button>
      )}
      {all && rows.length > FEW && (
        <button
          type="button"
          className={css.more}
          onClick={() => setAll(false)}
          aria-label={`Fewer of ${title}`}
        >
          Fewer
        </button>
      )}
    </fieldset>
  )
}
