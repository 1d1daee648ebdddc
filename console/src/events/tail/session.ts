import type { Api, Query } from '../../api/client.ts'
import { type FollowStatus, follow, sleep } from '../../api/follow.ts'
import type { SseFrame } from '../../api/sse.ts'
import type { EventItem } from '../../api/types.ts'
import { addSample, emptyBuffer, release, type Sample, type TailBuffer, take } from './buffer.ts'

export const CAPACITY = 2000
const FLUSH = 100

export interface TailSnapshot {
  readonly status: FollowStatus
  readonly buffer: TailBuffer
  readonly samples: readonly Sample[]
  readonly since: number
}

export interface TailOptions {
  readonly api: Api
  readonly query: Query
  readonly after: number
}

/** A live view of the tail. It tells its listeners at most ten times a second, however fast events come. */
export class TailSession {
  readonly #stop = new AbortController()
  readonly #listeners = new Set<() => void>()
  #snapshot: TailSnapshot
  #inbox: EventItem[] = []
  #arrived = 0
  #timer: ReturnType<typeof setTimeout> | undefined
  #held = false

  constructor(options: TailOptions) {
    this.#snapshot = {
      status: { kind: 'connecting' },
      buffer: emptyBuffer(options.after),
      samples: [],
      since: Date.now(),
    }
    void follow({
      ...options,
      path: '/v1/events/tail',
      signal: this.#stop.signal,
      onFrame: frame => this.#receive(frame),
      onStatus: status => this.#update({ status }),
      sleep,
      random: Math.random,
    })
  }

  get snapshot(): TailSnapshot {
    return this.#snapshot
  }

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** While held, arrivals wait and the rows stand still. */
  hold(held: boolean): void {
    this.#held = held
  }

  release(): void {
    const buffer = release(this.#snapshot.buffer)
    if (buffer !== this.#snapshot.buffer) this.#update({ buffer })
  }

  close(): void {
    this.#stop.abort()
    clearTimeout(this.#timer)
    this.#listeners.clear()
  }

  #receive(frame: SseFrame): void {
    if (frame.event !== 'event') return
    this.#inbox.push(JSON.parse(frame.data) as EventItem)
    this.#arrived += 1
    // A tab in the background gets its timers rarely; the inbox must not grow without bound meanwhile.
    if (this.#inbox.length >= CAPACITY) this.#flush()
    else this.#timer ??= setTimeout(() => this.#flush(), FLUSH)
  }

  #flush(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    const buffer = take(this.#snapshot.buffer, this.#inbox, this.#held, CAPACITY)
    const samples = addSample(this.#snapshot.samples, { at: Date.now(), count: this.#arrived })
    this.#inbox = []
    this.#arrived = 0
    this.#update({ buffer, samples })
  }

  #update(change: Partial<TailSnapshot>): void {
    this.#snapshot = { ...this.#snapshot, ...change }
    for (const listener of this.#listeners) listener()
  }
}
