import type { EventItem } from '../../api/types.ts'

/** What a live view holds: newest first, never more than `capacity` in all. */
export interface TailBuffer {
  readonly shown: readonly EventItem[]
  /** Arrived while the view was held (paused or scrolled away). */
  readonly pending: readonly EventItem[]
  /** Let go of for want of room. They are in the store all the same. */
  readonly dropped: number
  readonly received: number
  /** Newest position taken, so that a replayed frame is not shown twice. */
  readonly last: number
}

export function emptyBuffer(after: number): TailBuffer {
  return { shown: [], pending: [], dropped: 0, received: 0, last: after }
}

/** Takes a batch in order of arrival. While held, it waits in `pending`; otherwise it is shown at once. */
export function take(
  buffer: TailBuffer,
  batch: readonly EventItem[],
  held: boolean,
  capacity: number,
): TailBuffer {
  let last = buffer.last
  const fresh: EventItem[] = []
  for (const event of batch) {
    if (event.position <= last) continue
    last = event.position
    fresh.push(event)
  }
  if (fresh.length === 0) return buffer
  fresh.reverse()
  const received = buffer.received + fresh.length
  if (!held) {
    return trim(
      { ...buffer, shown: [...fresh, ...buffer.pending, ...buffer.shown], pending: [], received, last },
      capacity,
    )
  }
  return trim({ ...buffer, pending: [...fresh, ...buffer.pending], received, last }, capacity)
}

/** Shows what waited. */
export function release(buffer: TailBuffer): TailBuffer {
  if (buffer.pending.length === 0) return buffer
  return { ...buffer, shown: [...buffer.pending, ...buffer.shown], pending: [] }
}

/** Makes room at the old end: first of what is waiting beyond capacity, then of what is shown. */
function trim(buffer: TailBuffer, capacity: number): TailBuffer {
  const pending = buffer.pending.slice(0, capacity)
  const shown = buffer.shown.slice(0, capacity - pending.length)
  const lost = buffer.pending.length - pending.length + buffer.shown.length - shown.length
  return lost === 0 ? buffer : { ...buffer, pending, shown, dropped: buffer.dropped + lost }
}

export interface Sample {
  readonly at: number
  readonly count: number
}

const WINDOW = 5000

/** Keeps the samples of the last five seconds. */
export function addSample(samples: readonly Sample[], sample: Sample): Sample[] {
  return [...samples.filter(s => s.at > sample.at - WINDOW), sample]
}

/** Events per second over the last five seconds, or over the time since `since` when that is shorter. */
export function eventRate(samples: readonly Sample[], since: number, now: number): number {
  const span = Math.min(WINDOW, Math.max(1000, now - since))
  const count = samples.reduce((sum, s) => (s.at > now - span ? sum + s.count : sum), 0)
  return (count * 1000) / span
}
