import { TextInput } from '@mantine/core'
import { useState } from 'react'
import css from '../erasure.module.css'
import { hasWords } from '../model/filter.ts'
import type { Place } from './places.ts'
import { isUnder } from './places.ts'

/** Places that are drawn; with more, a search finds the others. */
const MOST = 300

interface PlaceListProps {
  readonly places: readonly Place[]
  readonly chosen: ReadonlySet<string>
  readonly onChoose: (chosen: ReadonlySet<string>) => void
}

/** The fields of an event to choose from; what is in a chosen one goes with it. */
export function PlaceList({ places, chosen, onChoose }: PlaceListProps) {
  const [words, setWords] = useState('')
  const found = places.filter(({ pointer, text }) => hasWords(words, [pointer, text]))
  const toggle = (pointer: string) => {
    const next = new Set(chosen)
    if (!next.delete(pointer)) next.add(pointer)
    onChoose(next)
  }
  return (
    <fieldset className={css.fieldset}>
      <legend>Fields that are taken out</legend>
      {places.length > 12 && (
        <TextInput
          size="xs"
          mb={6}
          type="search"
          aria-label="Search the fields"
          placeholder="Search names and values"
          value={words}
          onChange={event => setWords(event.currentTarget.value)}
        />
      )}
      <div className={css.places}>
        {found.slice(0, MOST).map(place => (
          <PlaceRow
            key={place.pointer}
            place={place}
            isChosen={chosen.has(place.pointer)}
            isIncluded={isUnder(place.pointer, chosen)}
            onToggle={() => toggle(place.pointer)}
          />
        ))}
        {found.length > MOST && (
          <p className={css.lead}>{found.length - MOST} more are not shown: search for them.</p>
        )}
      </div>
    </fieldset>
  )
}

interface PlaceRowProps {
  readonly place: Place
  readonly isChosen: boolean
  /** Whether it goes with one above it. */
  readonly isIncluded: boolean
  readonly onToggle: () => void
}

function PlaceRow({ place, isChosen, isIncluded, onToggle }: PlaceRowProps) {
  const { pointer, depth, name, text, hasSealed } = place
  const isOff = hasSealed || isIncluded
  return (
    <label
      className={css.place}
      style={{ paddingLeft: depth * 18 }}
      data-off={isOff || undefined}
      title={hasSealed ? 'It has sealed fields in it, which go with an erasure of their subject' : pointer}
    >
      <input
        type="checkbox"
        aria-label={pointer}
        checked={isChosen || isIncluded}
        disabled={isOff}
        onChange={onToggle}
      />
      <span className="mono">{depth === 0 ? pointer : name}</span>
      <span className={`mono ${css.value}`}>{hasSealed ? 'has sealed fields' : text}</span>
    </label>
  )
}
