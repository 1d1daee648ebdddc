/** What can be wrong with a log, in the words of the event `HashChainValidationFailed`. */
export type LogFaultKind =
  | 'content-altered'
  | 'order-changed'
  | 'event-missing'
  | 'absence-unexplained'
  | 'log-rewritten'

export interface LogFault {
  readonly kind: LogFaultKind
  /** In words; holds nothing of the content. */
  readonly reason: string
  /** Index of the entry; undefined where it is about the whole log. */
  readonly index?: number
  readonly eventId?: string
  /** Version in its stream. */
  readonly version?: number
  /** base64url: what the log says, and what the content gives. */
  readonly expected?: string
  readonly actual?: string
  /** Of the error table, where the check itself could not be done. */
  readonly code?: string
  /** Where that was: index of the first entry that was not checked, and position of the one before it. */
  readonly endedAt?: { readonly index: number; readonly position: number }
}

const mostKept = 100

/** The first faults that were found, and how many there were. */
export class LogFaults {
  readonly kept: LogFault[] = []
  #count = 0

  get count(): number {
    return this.#count
  }

  add(fault: LogFault): void {
    this.#count += 1
    if (this.kept.length < mostKept) this.kept.push(fault)
  }
}
