import { CloseButton, Kbd, TextInput } from '@mantine/core'
import { IconSearch } from '@tabler/icons-react'
import { type Ref, useEffect, useState } from 'react'
import { isSettled } from '../../filter/settled.ts'

interface SearchBoxProps {
  readonly value: string
  readonly onCommit: (value: string) => void
  readonly ref: Ref<HTMLInputElement>
}

const PAUSE = 350

/** Searches when typing pauses on a whole query, at Enter, and when cleared. */
export function SearchBox({ value, onCommit, ref }: SearchBoxProps) {
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
    <TextInput
      ref={ref}
      type="search"
      size="sm"
      flex={1}
      miw={160}
      aria-label="Search the events"
      placeholder={'Search: words, "a phrase", prefix*, -without'}
      spellCheck={false}
      value={text}
      onChange={event => setText(event.currentTarget.value)}
      onKeyDown={event => {
        if (event.key === 'Enter') onCommit(text.trim())
        if (event.key === 'Escape') {
          // A search field would also clear itself, and with it the search.
          event.preventDefault()
          event.currentTarget.blur()
        }
      }}
      leftSection={<IconSearch size={16} stroke={1.7} aria-hidden />}
      rightSection={
        text === '' ? (
          <Kbd size="xs">/</Kbd>
        ) : (
          <CloseButton
            size="sm"
            aria-label="Clear the search"
            onClick={() => {
              setText('')
              onCommit('')
            }}
          />
        )
      }
    />
  )
}
