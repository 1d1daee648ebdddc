import type { Alarm } from 'keelson'
import { LagHistory } from './lag-history.ts'
import type { Reading } from './reading.ts'

/** Milliseconds between two points of a history. */
const pointEvery = 10_000
/** Milliseconds that a subscription is looked at after somebody has last asked for it. */
const watchTime = 3_600_000
/** How many are looked at; the one that nobody has asked for the longest goes first. */
const mostWatched = 500

interface Watched {
  readonly history: LagHistory
  read: () => Promise<Reading | undefined>
  askedAt: number
}

/** Looks at subscriptions every ten seconds, so that there is a history of those that people look at or that run here. */
export class Monitor {
  readonly #alarm: Alarm
  readonly #stop = new AbortController()
  readonly #watched = new Map<string, Watched>()
  #running: Promise<void> | undefined

  constructor(alarm: Alarm) {
    this.#alarm = alarm
  }

  /** Its history; from here on it has one. `read` gives undefined where there is no such subscription any more. */
  watch(key: string, read: () => Promise<Reading | undefined>): LagHistory {
    const found = this.#watched.get(key) ?? { history: new LagHistory(), read, askedAt: 0 }
    found.read = read
    found.askedAt = this.#alarm.now()
    // The newest last, so that the first is the oldest.
    this.#watched.delete(key)
    this.#watched.set(key, found)
    const [oldest] = this.#watched.keys()
    if (this.#watched.size > mostWatched && oldest !== undefined) this.#watched.delete(oldest)
    this.#running ??= this.#run()
    return found.history
  }

  forget(key: string): void {
    this.#watched.delete(key)
  }

  /** May be called twice. */
  async close(): Promise<void> {
    this.#stop.abort('the server is stopping')
    await this.#running
  }

  async #run(): Promise<void> {
    const { signal } = this.#stop
    while (!signal.aborted) {
      await this.#alarm.wait(pointEvery, signal)
      for (const [key, watched] of [...this.#watched]) {
        if (signal.aborted) return
        if (this.#alarm.now() - watched.askedAt > watchTime) this.#watched.delete(key)
        else await this.#look(key, watched)
      }
    }
  }

  async #look(key: string, { history, read }: Watched): Promise<void> {
    try {
      const reading = await read()
      if (reading === undefined) this.#watched.delete(key)
      else history.add(this.#alarm.now(), reading)
    } catch {
      // A database that is away has a gap in the history; who asks meanwhile is told why.
    }
  }
}
