import { CloseButton, Kbd, TextInput } from '@mantine/core'
import { IconSearch } from '@tabler/icons-react'
import type { Ref } from 'react'

interface SearchFieldProps {
  readonly text: string
  readonly label: string
  readonly hint: string
  readonly maxLength?: number
  readonly isDisabled?: boolean
  readonly onText: (text: string) => void
  readonly onClear: () => void
  readonly onEnter?: () => void
  /** Goes on to what was found. */
  readonly onDown?: () => void
  readonly ref: Ref<HTMLInputElement>
}

/** The field at the head of a list, which `/` leads to. */
export function SearchField({
  text,
  label,
  hint,
  maxLength,
  isDisabled = false,
  onText,
  ref,
  ...on
}: SearchFieldProps) {
  return (
    <TextInput
      ref={ref}
      type="search"
      size="sm"
      flex={1}
      miw={160}
      {...(maxLength === undefined ? {} : { maxLength })}
      aria-label={label}
      disabled={isDisabled}
      placeholder={hint}
      spellCheck={false}
      value={text}
      onChange={event => onText(event.currentTarget.value)}
      onKeyDown={event => {
        if (event.key === 'Enter') on.onEnter?.()
        if (event.key === 'ArrowDown' && on.onDown !== undefined) {
          event.preventDefault()
          on.onDown()
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
          <CloseButton size="sm" aria-label="Clear the search" onClick={on.onClear} />
        )
      }
    />
  )
}
