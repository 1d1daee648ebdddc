import type { EnvelopeInput, JsonValue, KeelsonError } from 'keelson'

/** What the file around a record tells about it: its name, headers of a delivery, the place in the file. */
export interface RecordOrigin {
  readonly fileName?: string
  /** Names the source in the events, for example `github` or the name that the user gave. */
  readonly source?: string
}

/** How a source's files are cut into records. */
export interface Framing {
  /** Member of a document that holds the array of its records (CloudTrail: `Records`, Kubernetes lists: `items`). */
  readonly arrayMember?: string
}

/**
 * Maps the records of one source to events. Pure: the same record always gives the same event with the same
 * eventId, which is why importing twice adds nothing.
 */
export interface Importer {
  readonly format: string
  readonly title: string
  readonly framing: Framing
  /** The records within a record that is a collection of them; undefined where it is none. */
  expand?(record: JsonValue): readonly JsonValue[] | undefined
  /**
   * The event of a record.
   * @throws KeelsonError `record_unmappable` saying which member is missing or wrong.
   */
  map(record: JsonValue, origin: RecordOrigin): EnvelopeInput
}

/** What became of one event; `duplicate` means that it was stored before. */
export type PublishResult =
  | { readonly ok: true; readonly duplicate: boolean }
  | { readonly ok: false; readonly error: KeelsonError }

/** Where an import puts its events: one result for each event, in their order. A rejection concerns all of them. */
export interface EventSink {
  publish(events: readonly EnvelopeInput[]): Promise<readonly PublishResult[]>
}
