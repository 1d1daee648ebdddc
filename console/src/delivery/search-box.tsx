import { type Ref, useEffect, useState } from 'react'
import { SearchField } from '../ui/search-field.tsx'

interface SearchBoxProps {
  readonly value: string
  readonly label: string
  readonly hint: string
  readonly onCommit: (value: string) => void
  readonly ref: Ref<HTMLInputElement>
}

/** Milliseconds without a key after which the URL says what was typed. */
const PAUSE = 250

/** Searches when typing pauses, at Enter, and when cleared. */
export function SearchBox({ value, label, hint, onCommit, ref }: SearchBoxProps) {
  const [text, setText] = useState(value)
  const [known, setKnown] = useState(value)
  if (known !== value) {
    setKnown(value)
    if (text.trim() !== value) setText(value)
  }
  useEffect(() => {
    if (text.trim() === value) return
    const timer = setTimeout(() => onCommit(text.trim()), PAUSE)
    return () => clearTimeout(timer)
  }, [text, value, onCommit])
  const clear = () => {
    setText('')
    onCommit('')
  }
  return (
    <SearchField
      ref={ref}
      maxLength={200}
      label={label}
      hint={hint}
      text={text}
      onText={setText}
      onEnter={() => onCommit(text.trim())}
      onClear={clear}
    />
  )
}
