import { useMemo, useState } from 'react'
import type { JsonValue } from '../api/types.ts'
import css from './json.module.css'
import { JsonRow } from './json-row.tsx'
import { findMatches, jsonLines } from './lines.ts'

interface JsonTreeProps {
  readonly value: JsonValue
  readonly label: string
  readonly query?: string
  /** Objects at this depth and below begin folded. */
  readonly openDepth?: number
}

const MANY = 1500

/** A JSON value as an outline one can fold and search. Every value can be copied. */
export function JsonTree({ value, label, query = '', openDepth = 4 }: JsonTreeProps) {
  const [toggled, setToggled] = useState<ReadonlySet<string>>(new Set())
  const [all, setAll] = useState(false)
  const { hits, above } = useMemo(() => findMatches(value, query), [value, query])
  const lines = useMemo(() => {
    const folded = (pointer: string, depth: number) => {
      if (above.has(pointer)) return false
      return depth >= openDepth !== toggled.has(pointer)
    }
    return jsonLines(value, folded, hits)
  }, [value, above, hits, openDepth, toggled])

  const toggle = (pointer: string) =>
    setToggled(before => {
      const after = new Set(before)
      if (!after.delete(pointer)) after.add(pointer)
      return after
    })
  const visible = all ? lines : lines.slice(0, MANY)
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
    <section className={css.tree} aria-label={label} tabIndex={0}>
      {visible.map(line => (
        <JsonRow key={line.id} line={line} query={query} onToggle={toggle} />
      ))}
      {visible.length < lines.length && (
        <button type="button" className={css.more} onClick={() => setAll(true)}>
          Show the remaining {lines.length - visible.length} lines
        </button>
      )}
    </section>
  )
}
