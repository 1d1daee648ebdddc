import { type Ref, useEffect, useState } from 'react'
import { useSeesPersonal } from '../../auth/use-me.ts'
import { isSettled } from '../../filter/settled.ts'
import { SearchField } from '../../ui/search-field.tsx'

interface SearchBoxProps {
  readonly value: string
  readonly onCommit: (value: string) => void
  readonly ref: Ref<HTMLInputElement>
}

const PAUSE = 350

/** Searches when typing pauses on a whole query, at Enter, and when cleared. */
export function SearchBox({ value, onCommit, ref }: SearchBoxProps) {
  const seesPersonal = useSeesPersonal()
  const [text, setText] = useState(value)
  const [known, setKnown] = useState(value)
  if (known !== value) {
    setKnown(value)
    setText(value)
  }
  useEffect(() => {
    if (text.trim() === value || !isSettled(text)) return
    const timer = setTimeout(() => onCommit(text.trim()), PAUSE)
    return () => clearTimeout(timer)
  }, [text, value, onCommit])

  return (
    <SearchField
      ref={ref}
      label="Search the events"
      hint={
        seesPersonal
          ? 'Search: words, "a phrase", prefix*, -without'
          : 'Words can be searched by keys that see personal fields'
      }
      isDisabled={!seesPersonal && value === ''}
      text={text}
      onText={setText}
      onEnter={() => onCommit(text.trim())}
      onClear={() => {
        setText('')
        onCommit('')
      }}
    />
  )
}
