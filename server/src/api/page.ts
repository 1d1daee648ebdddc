export interface Page {
  readonly nextCursor: string | null
  readonly hasMore: boolean
}
