import { Group, NativeSelect, TextInput } from '@mantine/core'
import type { Filter, Show } from '../model/filter.ts'

interface RemovalFilterProps<Name extends string> {
  /** What is listed: `erasures`. */
  readonly what: string
  readonly filter: Filter<Name>
  readonly onChange: (filter: Filter<Name>) => void
  /** The states that can be asked for, the first of them all. */
  readonly shows: readonly Show<Name>[]
  /** What the words are looked for in: `reference, basis and approvers`. */
  readonly hint: string
}

/** Narrows a list down to a state, and to rows that have all words. */
export function RemovalFilter<Name extends string>(props: RemovalFilterProps<Name>) {
  const { what, filter, onChange, shows, hint } = props
  return (
    <Group gap="xs" mb="sm">
      <NativeSelect
        size="xs"
        aria-label={`State of the ${what}`}
        data={shows.map(({ name, label }) => ({ value: name, label }))}
        value={filter.show}
        onChange={event => onChange({ ...filter, show: event.currentTarget.value as Name })}
      />
      <TextInput
        size="xs"
        w={300}
        type="search"
        aria-label={`Search the ${what}`}
        placeholder={`Search ${hint}`}
        maxLength={200}
        value={filter.words}
        onChange={event => onChange({ ...filter, words: event.currentTarget.value })}
      />
    </Group>
  )
}
