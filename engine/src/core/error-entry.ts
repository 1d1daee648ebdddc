/** One row of the error table. */
export interface ErrorEntry {
  readonly status: number
  readonly retryable: boolean
  readonly meaning: string
  readonly remedy: string
}
