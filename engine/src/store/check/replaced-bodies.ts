/** An event whose body its leaf does not commit to. */
export interface ReplacedBody {
  /** Commitment to the body that is there. */
  readonly commitment: string
  readonly leafHash: string
}

interface Waiting extends ReplacedBody {
  report(): void
}

/** Bodies that may wait for their record; a log that has more is damaged in another way. */
const maxWaiting = 10_000

/**
 * Bodies that leaves do not commit to, until the log has gone by: a later leaf that records a redaction names the event
 * and commits to what was put in its place. Which records there may be is not decided here.
 */
export class ReplacedBodies {
  readonly #waiting = new Map<string, Waiting>()

  /** `report` is called where no record explains the body. `log` names the tenant's log, `n` its entry. */
  add(log: string | number, n: number, found: ReplacedBody, report: () => void): void {
    if (this.#waiting.size < maxWaiting) this.#waiting.set(`${log}\n${n}`, { ...found, report })
    else report()
  }

  /** Takes the payload of a record of the log. */
  record(log: string | number, payload: unknown): void {
    const { n, leaf, body } = (payload ?? {}) as { n?: unknown; leaf?: unknown; body?: unknown }
    const key = `${log}\n${String(n)}`
    const found = this.#waiting.get(key)
    if (found && found.leafHash === leaf && found.commitment === body) this.#waiting.delete(key)
  }

  finish(): void {
    for (const { report } of this.#waiting.values()) report()
    this.#waiting.clear()
  }
}
