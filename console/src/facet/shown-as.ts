import type { FacetValue } from '../api/types.ts'

/** What stands for a value: its name, and its id beside it where another value has the same name. */
export interface ShownAs {
  readonly text: string
  readonly id?: string
}

type Named = Pick<FacetValue, 'value' | 'label'>

/** Tells values of one facet apart that are called the same, such as a key and the source that bears its name. */
export function shownAs(values: readonly Named[]): (value: string) => ShownAs {
  const labels = new Map(values.map(({ value, label }) => [value, label]))
  const textOf = (value: string): string => labels.get(value) ?? value
  const uses = new Map<string, number>()
  for (const value of labels.keys()) uses.set(textOf(value), (uses.get(textOf(value)) ?? 0) + 1)
  return value => {
    const text = textOf(value)
    return text !== value && (uses.get(text) ?? 0) > 1 ? { text, id: value } : { text }
  }
}
