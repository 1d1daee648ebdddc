/** What the relay of this process has done since it was made. */
export interface RelayCounts {
  readonly published: number
  /** Of the published, those that the log had already. */
  readonly duplicates: number
  readonly setAside: number
  /** Message of the last failure, until a batch goes well. */
  readonly error?: string
}
