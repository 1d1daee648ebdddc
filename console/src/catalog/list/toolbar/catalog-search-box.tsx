import { CloseButton, Kbd, TextInput } from '@mantine/core'
import { IconSearch } from '@tabler/icons-react'
import type { Ref } from 'react'
import { MAX_QUERY } from '../../model/filter.ts'

interface CatalogSearchBoxProps {
  readonly text: string
  readonly onText: (text: string) => void
  /** Goes on to the list. */
  readonly onDown: () => void
  readonly ref: Ref<HTMLInputElement>
}

export function CatalogSearchBox({ text, onText, onDown, ref }: CatalogSearchBoxProps) {
  return (
    <TextInput
      ref={ref}
      type="search"
      size="sm"
      flex={1}
      miw={160}
      maxLength={MAX_QUERY}
      aria-label="Search the catalogue"
      placeholder="Search names, summaries and fields"
      spellCheck={false}
      value={text}
      onChange={event => onText(event.currentTarget.value)}
      onKeyDown={event => {
        if (event.key === 'ArrowDown') {
          event.preventDefault()
          onDown()
        }
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
          <CloseButton size="sm" aria-label="Clear the search" onClick={() => onText('')} />
        )
      }
    />
  )
}
