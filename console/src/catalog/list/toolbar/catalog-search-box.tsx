import type { Ref } from 'react'
import { SearchField } from '../../../ui/search-field.tsx'
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
    <SearchField
      ref={ref}
      maxLength={MAX_QUERY}
      label="Search the catalogue"
      hint="Search names, summaries and fields"
      text={text}
      onText={onText}
      onClear={() => onText('')}
      onDown={onDown}
    />
  )
}
