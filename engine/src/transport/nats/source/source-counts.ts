/** Where the events of a transport's receivers have come from. */
export interface SourceCounts {
  fromStream: number
  /** Read from the log because the stream did not have them. */
  fromLog: number
}
