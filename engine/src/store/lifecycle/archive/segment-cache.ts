import { KeelsonError } from '../../../core/index.ts'
import type { BlobStore } from '../../blob/port.ts'
import type { Segment } from './segment.ts'
import type { ArchivedEvent } from './segment-content.ts'
import { decodeSegment } from './segment-content.ts'

/** Segments that are fetched and unpacked at a time. */
const maxLoads = 4

/** A segment's content by version. */
export type LoadedSegment = ReadonlyMap<number, ArchivedEvent>

interface Cached {
  readonly content: LoadedSegment
  readonly size: number
}

/** The segments that were read last, of a bounded size in all; a segment that two ask for is fetched once. */
export class SegmentCache {
  readonly #blobs: BlobStore
  readonly #maxSize: number
  /** The one used last comes last. */
  readonly #cached = new Map<string, Cached>()
  readonly #loading = new Map<string, Promise<LoadedSegment>>()
  readonly #waiting: (() => void)[] = []
  #size = 0
  #loads = 0

  constructor(blobs: BlobStore, maxSize: number) {
    this.#blobs = blobs
    this.#maxSize = maxSize
  }

  /** @throws KeelsonError `archive_damaged` naming the blob, and what the blob store throws. */
  get(segment: Segment): Promise<LoadedSegment> {
    const cached = this.#cached.get(segment.blob)
    if (cached) {
      this.#cached.delete(segment.blob)
      this.#cached.set(segment.blob, cached)
      return Promise.resolve(cached.content)
    }
    const loading = this.#loading.get(segment.blob) ?? this.#load(segment)
    this.#loading.set(segment.blob, loading)
    return loading
  }

  async #load(segment: Segment): Promise<LoadedSegment> {
    if (this.#loads >= maxLoads) await new Promise<void>(resolve => this.#waiting.push(resolve))
    else this.#loads += 1
    try {
      const content = await fetchSegment(this.#blobs, segment)
      this.#keep(segment.blob, content)
      return content
    } finally {
      this.#loading.delete(segment.blob)
      const next = this.#waiting.shift()
      if (next) next()
      else this.#loads -= 1
    }
  }

  #keep(blob: string, content: LoadedSegment): void {
    let size = 0
    for (const { body, blind } of content.values()) size += body.length + blind.length
    this.#cached.set(blob, { content, size })
    this.#size += size
    for (const [oldest, { size: freed }] of this.#cached) {
      if (this.#size <= this.#maxSize) return
      this.#cached.delete(oldest)
      this.#size -= freed
    }
  }
}

/** @throws KeelsonError `archive_damaged` naming the blob. */
export async function fetchSegment(blobs: BlobStore, segment: Segment): Promise<LoadedSegment> {
  const { blob, hash, tenantId, stream } = segment
  const bytes = await blobs.get(blob)
  if (!bytes) throw damaged(blob, 'is not there')
  try {
    const content = await decodeSegment({ bytes, hash })
    if (content.tenantId !== tenantId || content.stream !== stream) throw new Error('it is of another stream')
    return new Map(content.events.map(event => [event.version, event]))
  } catch (error) {
    throw damaged(blob, `cannot be used: ${(error as Error).message}`, error)
  }
}

export function damaged(blob: string, what: string, cause?: unknown): KeelsonError {
  return new KeelsonError('archive_damaged', `The archive's blob "${blob}" ${what}`, { blob }, cause)
}
