import { setTimeout as wait } from 'node:timers/promises'
import type { JsonSlice, JsonValue } from 'keelson'
import { createJsonSplitter, decodeUtf8, KeelsonError, parseJson, toKeelsonError } from 'keelson'
import { BatchPublisher } from './input/batch-publisher.ts'
import type { RefusedRecord } from './input/refused-record.ts'
import { refusedRecord } from './input/refused-record.ts'
import { unpack } from './input/unpack.ts'
import type { EventSink, Importer, PublishResult, RecordOrigin } from './port.ts'

export type { RefusedRecord } from './input/refused-record.ts'

export interface ImportOptions {
  /** The file, plain or gzip. Read no faster than events are stored. */
  readonly input: AsyncIterable<Uint8Array>
  readonly importer: Importer
  readonly sink: EventSink
  readonly origin?: RecordOrigin
  /** Given every record that gives no stored event, so that it is kept. The import waits for it. */
  readonly onRefused?: (refused: RefusedRecord) => Promise<void> | void
  /** Called when the first event that was not stored before is stored, and awaited. */
  readonly onFirstStored?: () => Promise<void> | void
  readonly onProgress?: (progress: ImportProgress) => void
  readonly signal?: AbortSignal
  readonly sleep?: (delay: number, signal?: AbortSignal) => Promise<void>
  readonly limits?: Partial<ImportLimits>
}

export interface ImportLimits {
  /** Bytes of one record; larger ones are refused. */
  readonly maxRecordBytes: number
  readonly maxUnpackedBytes: number
  readonly maxUnpackedRatio: number
}

export const importLimits: ImportLimits = {
  maxRecordBytes: 8 * 1024 ** 2,
  maxUnpackedBytes: 2 * 1024 ** 3,
  maxUnpackedRatio: 200,
}

export interface ImportProblem {
  readonly line: number
  readonly index: number
  readonly code: string
  readonly message: string
}

export interface ImportProgress {
  /** Records that were read; in the end the sum of the next three. */
  readonly read: number
  readonly stored: number
  readonly duplicates: number
  readonly refused: number
  /** Bytes that were read, unpacked. */
  readonly bytes: number
  /** The first 100 refusals, in the order of the records. */
  readonly problems: readonly ImportProblem[]
}

export interface ImportResult extends ImportProgress {
  /** Why the input was read no further: `compression_invalid` or `decompression_limit`. */
  readonly fault?: KeelsonError
}

const maxProblems = 100
const progressEvery = 100
const ratioFrom = 64 * 1024 ** 2

/**
 * Reads a file of records and publishes an event for each. Damage to the file ends the reading, not the import: what
 * came before it is stored, and the result has the fault.
 *
 * @throws KeelsonError of the sink where it can take no more (nothing is lost: run the import again, what is stored
 *   counts as a duplicate then); what reading the input throws; the signal's reason.
 */
export async function importEvents(options: ImportOptions): Promise<ImportResult> {
  const run = new ImportRun(options)
  return run.run()
}

interface Place {
  readonly line: number
  readonly index: number
  readonly text: Uint8Array | string
}

class ImportRun {
  readonly #options: ImportOptions
  readonly #publisher: BatchPublisher<Place>
  readonly #counts = { read: 0, stored: 0, duplicates: 0, refused: 0, bytes: 0 }
  readonly #problems: ImportProblem[] = []
  #firstStored: Promise<void> | undefined

  constructor(options: ImportOptions) {
    this.#options = options
    const sleep =
      options.sleep ?? ((delay, signal) => wait(delay, undefined, signal === undefined ? {} : { signal }))
    const { sink, signal } = options
    this.#publisher = new BatchPublisher({
      sink,
      sleep,
      signal,
      onSettled: (place, result) => this.#settle(place, result),
    })
  }

  async run(): Promise<ImportResult> {
    try {
      const fault = await this.#read()
      await this.#publisher.finish()
      this.#report()
      return { ...this.#progress(), ...(fault === undefined ? {} : { fault }) }
    } finally {
      await this.#publisher.rest()
    }
  }

  async #read(): Promise<KeelsonError | undefined> {
    const { input, importer, signal } = this.#options
    const limits = { ...importLimits, ...this.#options.limits }
    const splitter = createJsonSplitter({ ...importer.framing, maxRecordBytes: limits.maxRecordBytes })
    const unpackLimits = { maxBytes: limits.maxUnpackedBytes, maxRatio: limits.maxUnpackedRatio, ratioFrom }
    let fault: KeelsonError | undefined
    try {
      for await (const chunk of unpack(input, unpackLimits)) {
        signal?.throwIfAborted()
        for (const slice of splitter.push(chunk)) await this.#take(slice)
        this.#counts.bytes = splitter.bytes
      }
    } catch (error) {
      if (!isDamage(error)) throw error
      fault = error
    }
    signal?.throwIfAborted()
    for (const slice of splitter.end()) await this.#take(slice)
    return fault
  }

  async #take(slice: JsonSlice): Promise<void> {
    const { line, index, text } = slice
    let records: readonly JsonValue[]
    let isCollection = false
    try {
      if (!slice.ok) throw slice.error
      const record = parseJson(decodeUtf8(text))
      const expanded = this.#options.importer.expand?.(record)
      isCollection = expanded !== undefined
      records = expanded ?? [record]
    } catch (error) {
      this.#counts.read += 1
      await this.#refuse({ line, index, text }, toKeelsonError(error), slice.ok ? text.length : slice.length)
      return
    }
    for (const record of records) {
      // The chunk may be used again before the record is settled, so that its text is copied.
      await this.#map(record, { line, index, text: isCollection ? JSON.stringify(record) : text.slice() })
    }
  }

  async #map(record: JsonValue, place: Place): Promise<void> {
    this.#counts.read += 1
    const { importer, origin = {} } = this.#options
    let event: ReturnType<Importer['map']>
    try {
      event = importer.map(record, origin)
    } catch (error) {
      await this.#refuse(place, toKeelsonError(error))
      return
    }
    await this.#publisher.add(event, place, place.text.length)
  }

  async #settle(place: Place, result: PublishResult): Promise<void> {
    if (!result.ok) await this.#refuse(place, result.error)
    else if (result.duplicate) this.#counts.duplicates += 1
    else {
      this.#counts.stored += 1
      this.#firstStored ??= Promise.resolve(this.#options.onFirstStored?.())
      await this.#firstStored
    }
    const { stored, duplicates, refused } = this.#counts
    if ((stored + duplicates + refused) % progressEvery === 0) this.#report()
  }

  async #refuse(place: Place, error: KeelsonError, length?: number): Promise<void> {
    this.#counts.refused += 1
    const { line, index } = place
    if (this.#problems.length < maxProblems) {
      this.#problems.push({ line, index, code: error.code, message: error.message })
    }
    await this.#options.onRefused?.(refusedRecord({ line, index, error }, place.text, length))
  }

  #report(): void {
    this.#options.onProgress?.(this.#progress())
  }

  #progress(): ImportProgress {
    // They are refused by the batch, and not in the order in which they stood.
    const problems = this.#problems.toSorted((a, b) => a.index - b.index)
    return { ...this.#counts, problems }
  }
}

const isDamage = (error: unknown): error is KeelsonError =>
  error instanceof KeelsonError &&
  (error.code === 'compression_invalid' || error.code === 'decompression_limit')
