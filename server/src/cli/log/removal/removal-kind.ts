import type { ErasureItem, Page, RedactionItem } from '../../../api/types.ts'

/** What is removed: a subject's personal fields, or members of an event. */
export type RemovalKind = 'erasure' | 'redaction'

export type RemovalItem = ErasureItem | RedactionItem

export interface RemovalPage {
  readonly data: readonly RemovalItem[]
  readonly page: Page
}

export const pathOf = (kind: RemovalKind): string => `/v1/${kind}s`

/** What people know it by: what an erasure answers, or the event that is redacted. */
export const purposeOf = (item: RemovalItem): string => ('eventId' in item ? item.eventId : item.request)
