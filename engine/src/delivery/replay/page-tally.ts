import type { Alarm } from '../../transport/index.ts'
import type { RunProgress } from '../run/run-record.ts'

/** Milliseconds after which what is done of a page is told. */
const tellEvery = 1_000

/** Counts what is done of a page, and tells it each second: a slow handler may need minutes for one. */
export class PageTally {
  readonly #alarm: Alarm
  readonly #tell: (progress: RunProgress) => Promise<void>
  #progress: RunProgress
  #told: RunProgress
  #toldAt: number
  #telling: Promise<void> | undefined

  constructor(before: RunProgress, alarm: Alarm, tell: (progress: RunProgress) => Promise<void>) {
    this.#progress = before
    this.#told = before
    this.#alarm = alarm
    this.#toldAt = alarm.now()
    this.#tell = tell
  }

  get progress(): RunProgress {
    return this.#progress
  }

  count(outcome: 'replayed' | 'failed'): void {
    const { matched } = this.#progress
    this.#progress = { ...this.#progress, matched: matched + 1, [outcome]: this.#progress[outcome] + 1 }
  }

  /** Those without content. */
  skip(events: number): void {
    const { matched, skipped } = this.#progress
    this.#progress = { ...this.#progress, matched: matched + events, skipped: skipped + events }
  }

  /** Who asks while it is told waits for it too: whoever is told may pause the work. */
  async keepWhenDue(): Promise<void> {
    if (this.#telling === undefined && this.#alarm.now() - this.#toldAt < tellEvery) return
    await this.keep()
  }

  /** Tells what was not told yet. */
  async keep(): Promise<void> {
    if (this.#telling === undefined && this.#told === this.#progress) return
    this.#telling ??= this.#keepNow()
    await this.#telling
  }

  async #keepNow(): Promise<void> {
    this.#told = this.#progress
    try {
      await this.#tell(this.#told)
    } finally {
      this.#toldAt = this.#alarm.now()
      this.#telling = undefined
    }
  }
}
