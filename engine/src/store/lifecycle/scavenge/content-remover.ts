import { KeelsonError } from '../../../core/index.ts'
import type { BlobStore } from '../../blob/port.ts'
import type { RecordedEvent } from '../../types.ts'
import { withContent } from '../archive/archive-reader.ts'
import type { Segment } from '../archive/segment.ts'
import { segmentDeletion, segmentsOf } from '../archive/segment.ts'
import { fetchSegment } from '../archive/segment-cache.ts'
import type { ArchivedEvent } from '../archive/segment-content.ts'
import { encodeSegment } from '../archive/segment-content.ts'
import { writeSegment } from '../archive/segment-writer.ts'
import { discardChange } from '../archive/trim-request.ts'
import type { LifecycleState } from '../stream-lifecycle.ts'
import { isBeingWritten, lifecycleGuard, loadLifecycle } from '../stream-lifecycle.ts'
import type { Scavenging } from './scavenging.ts'
import type { ScavengeKind } from './tally.ts'

/** Events whose content goes in one unit of work. */
const batchSize = 500

/**
 * Removes the content of a stream's events, which come in order of version: from the database, and from the archive's
 * segments, which are written anew without it. Gives the lifecycle as it is then where all is removed, undefined
 * where some content stays: held, out of reach, or in the hands of someone else.
 */
export async function removeContent(
  scavenging: Scavenging,
  kind: ScavengeKind,
  stream: string,
  events: AsyncIterable<RecordedEvent>,
): Promise<LifecycleState | undefined> {
  const { store, tenantId, tally, now } = scavenging
  const lifecycle = await loadLifecycle(store, tenantId, stream)
  if (isBeingWritten(lifecycle.value, now)) {
    tally.pass('busy')
    return undefined
  }
  const remover = new ContentRemover(scavenging, kind, lifecycle)
  try {
    for await (const event of events) await remover.take(event)
    await remover.finish()
    return remover.isComplete ? remover.lifecycle : undefined
  } catch (error) {
    if (!(error instanceof KeelsonError && error.code === 'document_conflict')) throw error
    tally.pass('busy')
    return undefined
  }
}

interface RemovedEvents {
  readonly removed: readonly ArchivedEvent[]
  /** Their indexes in the tenant's log. */
  readonly sequences: readonly number[]
}

class ContentRemover {
  lifecycle: LifecycleState
  isComplete = true
  readonly #scavenging: Scavenging
  readonly #kind: ScavengeKind
  readonly #segments: AsyncGenerator<Segment>
  #segment: Segment | undefined
  #isLastSegment = false
  /** Events of the segment, of which the content is to go. */
  #archived: RecordedEvent[] = []
  #positions: number[] = []
  #sequences: number[] = []
  #bytes = 0

  constructor(scavenging: Scavenging, kind: ScavengeKind, lifecycle: LifecycleState) {
    this.#scavenging = scavenging
    this.#kind = kind
    this.lifecycle = lifecycle
    this.#segments = segmentsOf(scavenging.store, lifecycle.tenantId, lifecycle.value.stream)
  }

  async take(event: RecordedEvent): Promise<void> {
    if (event.bodyState === 'removed') return
    await this.#moveTo(event.version)
    // A segment has all content that was left in its range when it was written.
    if (this.#segment && this.#segment.firstVersion <= event.version) this.#archived.push(event)
    else await this.#takeAside(event)
  }

  /** An event that is in no segment: redacted ones stay in the database, whatever their version. */
  async #takeAside(event: RecordedEvent): Promise<void> {
    if (event.bodyState === 'archived') this.#pass('unreachable')
    else if (await this.#scavenging.isHeld(event)) this.#pass('held')
    else {
      this.#positions.push(event.position)
      this.#sequences.push(event.sequence)
      this.#bytes += Buffer.byteLength(event.body)
      if (this.#positions.length >= batchSize) await this.#removePresent()
    }
  }

  async finish(): Promise<void> {
    await this.#removeArchived()
    await this.#removePresent()
  }

  /** Goes on to the segment that may cover the version. */
  async #moveTo(version: number): Promise<void> {
    while (!this.#isLastSegment && (this.#segment?.lastVersion ?? 0) < version) {
      await this.#removeArchived()
      const { value, done } = await this.#segments.next()
      this.#segment = done ? undefined : value
      this.#isLastSegment = done === true
    }
  }

  async #removePresent(): Promise<void> {
    const positions = this.#positions
    if (positions.length === 0) return
    const { store, tenantId, dryRun, tally, step, alongside, record } = this.#scavenging
    if (!dryRun) {
      const bodies = [{ tenantId, positions, becomes: 'removed' as const }]
      const statements = await alongside(positions)
      const documents = [lifecycleGuard(this.lifecycle)]
      const appends = record(this.#sequences)
      await store.commit({ scope: { tenantId }, appends, documents, bodies, statements })
      this.#advance()
    }
    tally.add(this.#kind, this.#bytes, positions.length)
    this.#positions = []
    this.#sequences = []
    this.#bytes = 0
    step()
  }

  async #removeArchived(): Promise<void> {
    const [events, segment] = [this.#archived, this.#segment]
    this.#archived = []
    if (!segment || events.length === 0) return
    const { blobs, tally, step } = this.#scavenging
    if (!blobs) return this.#pass('unreachable', events.length)
    const content = new Map(await fetchSegment(blobs, segment))
    const removed: ArchivedEvent[] = []
    const sequences: number[] = []
    for (const event of events) {
      const archived = content.get(event.version)
      if (!archived) await this.#takeAside(event)
      else if (await this.#scavenging.isHeld(withContent(event, archived))) this.#pass('held')
      else {
        removed.push(archived)
        sequences.push(event.sequence)
      }
    }
    if (removed.length === 0) return
    for (const { version } of removed) content.delete(version)
    await this.#replace(blobs, segment, [...content.values()], { removed, sequences })
    const bytes = removed.reduce((sum, { body }) => sum + Buffer.byteLength(body), 0)
    tally.add(this.#kind, bytes, removed.length)
    step()
  }

  /** Writes the segment anew with what is left of it, or deletes it; then deletes its blob. */
  async #replace(
    blobs: BlobStore,
    segment: Segment,
    events: readonly ArchivedEvent[],
    { removed, sequences }: RemovedEvents,
  ): Promise<void> {
    const { store, dryRun, tally, now, alongside, record } = this.#scavenging
    const { tenantId } = segment
    const draft = { ...segment, events }
    const positions = removed.map(({ position }) => position)
    const bodies = [{ tenantId, positions, becomes: 'removed' as const }]
    const statements = dryRun ? [] : await alongside(positions)
    const appends = dryRun ? [] : record(sequences)
    // Cut off before the blob is deleted, whoever trims or scavenges next does it.
    const discarded = discardChange(tenantId, segment.blob, now)
    let left = 0
    if (dryRun) left = events.length === 0 ? 0 : (await encodeSegment(draft)).bytes.byteLength
    else if (events.length === 0) {
      const documents = [lifecycleGuard(this.lifecycle), segmentDeletion(segment), discarded]
      await store.commit({ scope: { tenantId }, appends, documents, bodies, statements })
      this.#advance()
    } else {
      const written = await writeSegment(draft, this.lifecycle, {
        store,
        blobs,
        now,
        settle: () => ({ appends, bodies, statements, documents: [discarded] }),
      })
      this.lifecycle = written.lifecycle
      left = written.segment.bytes
    }
    if (!dryRun) await blobs.delete(segment.blob)
    tally.add('blobs', segment.bytes - left)
  }

  #advance(): void {
    const { revision } = this.lifecycle
    if (revision > 0) this.lifecycle = { ...this.lifecycle, revision: revision + 1 }
  }

  #pass(why: 'held' | 'unreachable', count = 1): void {
    this.#scavenging.tally.pass(why, count)
    this.isComplete = false
  }
}
