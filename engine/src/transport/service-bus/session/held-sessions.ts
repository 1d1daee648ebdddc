import type { ServiceBusSessionReceiver } from '@azure/service-bus'
import type { SessionTools } from './held-session.ts'
import { HeldSession } from './held-session.ts'

export interface HeldSessionsOptions extends Pick<SessionTools, 'admit' | 'deliver'> {
  /** Sessions at the same time, and messages of all of them together. */
  readonly sessions: number
  readonly window: number
  readonly onLost: () => void
}

/** Deliveries after which a key makes room for others that wait. */
const turn = 1_000

/**
 * The sessions that a receiver holds. Half of the window is shared out among them; the other half is for whoever has more,
 * so that what is in hand and what was asked for are never more than the window.
 */
export class HeldSessions {
  readonly #options: HeldSessionsOptions
  readonly #held = new Map<string, HeldSession>()
  readonly #most: number
  readonly #credit: number
  readonly #spare: number
  /** Messages in hand in whose place another one was asked for. */
  readonly #replaced = new Set<() => void>()
  /** Messages in hand in whose place another one may be asked for. */
  readonly #asking = new Set<() => void>()
  #waiting: (() => void)[] = []

  constructor(options: HeldSessionsOptions) {
    this.#options = options
    this.#spare = Math.floor(options.window / 2)
    const shared = options.window - this.#spare
    this.#most = Math.min(options.sessions, shared)
    this.#credit = Math.floor(shared / this.#most)
  }

  get(topic: string, id: string): HeldSession | undefined {
    return this.#held.get(`${topic}\0${id}`)
  }

  get hasRoom(): boolean {
    return this.#held.size < this.#most
  }

  /** Resolves when another session may be held. */
  room(): Promise<void> {
    if (this.hasRoom) return Promise.resolve()
    return new Promise(resolve => {
      this.#waiting.push(resolve)
    })
  }

  add(receiver: ServiceBusSessionReceiver, topic: string): HeldSession {
    const { admit, deliver, onLost } = this.#options
    const key = `${topic}\0${receiver.sessionId}`
    const session = new HeldSession(receiver, {
      credit: this.#credit,
      turn,
      othersWait: () => !this.hasRoom,
      onArrival: more => {
        this.#asking.add(more)
        this.#ask()
      },
      onSettled: more => {
        this.#asking.delete(more)
        this.#replaced.delete(more)
        this.#ask()
      },
      admit,
      deliver,
      onEnd: (ended, isLost) => {
        if (this.#held.get(key) === ended) this.#held.delete(key)
        if (isLost) onLost()
        // A line that is down needs no answer: what is left is the broker's.
        ended.close().catch(() => undefined)
        this.#tellRoom()
      },
    })
    this.#held.set(key, session)
    session.start()
    return session
  }

  async renew(): Promise<void> {
    await Promise.all([...this.#held.values()].map(session => session.renew()))
  }

  async close(): Promise<void> {
    const held = [...this.#held.values()]
    this.#held.clear()
    this.#tellRoom()
    await Promise.allSettled(held.map(session => session.close()))
  }

  #ask(): void {
    for (const more of this.#asking) {
      if (this.#replaced.size >= this.#spare) return
      this.#asking.delete(more)
      this.#replaced.add(more)
      more()
    }
  }

  #tellRoom(): void {
    const waiting = this.#waiting
    this.#waiting = []
    for (const resolve of waiting) resolve()
  }
}
