import { sessionLocked, sessionLockLost } from '../fault.ts'
import { ReadyList } from './ready-list.ts'

export interface SessionLock {
  readonly holder: object
  until: number
}

export interface QueueSession {
  readonly id: string
  readonly ready: ReadyList
  lock: SessionLock | undefined
  state: Buffer | undefined
}

/** The sessions of a queue: each is locked by one link at a time. */
export class SessionTable {
  readonly #sessions = new Map<string, QueueSession>()

  get(id: string): QueueSession {
    const found = this.#sessions.get(id)
    if (found !== undefined) return found
    const made: QueueSession = { id, ready: new ReadyList(), lock: undefined, state: undefined }
    this.#sessions.set(id, made)
    return made
  }

  /** The first session that has messages and belongs to nobody. */
  next(): QueueSession | undefined {
    for (const session of this.#sessions.values())
      if (session.lock === undefined && session.ready.size > 0) return session
    return undefined
  }

  lock(session: QueueSession, holder: object, until: number): void {
    if (session.lock !== undefined) throw sessionLocked(session.id)
    session.lock = { holder, until }
  }

  renew(id: string, until: number): void {
    const lock = this.#sessions.get(id)?.lock
    if (lock === undefined) throw sessionLockLost(id)
    lock.until = until
  }

  /** Whose locks have run out; they have none any more. */
  expire(now: number): readonly { readonly id: string; readonly holder: object }[] {
    const expired: { id: string; holder: object }[] = []
    for (const session of this.#sessions.values()) {
      if (session.lock === undefined || session.lock.until > now) continue
      expired.push({ id: session.id, holder: session.lock.holder })
      session.lock = undefined
    }
    return expired
  }

  release(id: string, holder: object): void {
    const session = this.#sessions.get(id)
    if (session?.lock?.holder === holder) session.lock = undefined
    if (session !== undefined) this.#forget(session)
  }

  get nextDeadline(): number {
    let next = Number.POSITIVE_INFINITY
    for (const { lock } of this.#sessions.values()) if (lock !== undefined) next = Math.min(next, lock.until)
    return next
  }

  get ids(): readonly string[] {
    return [...this.#sessions.values()]
      .filter(({ ready, state }) => ready.size > 0 || state !== undefined)
      .map(({ id }) => id)
  }

  /** What has neither messages nor state is as if it had never been. */
  #forget(session: QueueSession): void {
    const isEmpty = session.lock === undefined && session.ready.size === 0 && session.state === undefined
    if (isEmpty) this.#sessions.delete(session.id)
  }
}
