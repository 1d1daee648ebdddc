import type { Sender } from 'rhea'
import { BrokerFault } from '../fault.ts'
import type { MessageQueue } from '../queue/message-queue.ts'
import { closeWith, openWithSession, patienceOf } from './link-state.ts'
import { OutgoingLink } from './outgoing-link.ts'

/** A receiver that waits for a session: one by its name at once or not at all, any one as long as it has patience. */
export class PendingAccept {
  readonly #sender: Sender
  readonly #queue: MessageQueue
  readonly #wanted: string | undefined
  readonly #onEnd: (link: OutgoingLink | undefined) => void
  readonly #timer: NodeJS.Timeout
  #isOver = false

  constructor(
    sender: Sender,
    queue: MessageQueue,
    wanted: string | undefined,
    onEnd: (link: OutgoingLink | undefined) => void,
  ) {
    this.#sender = sender
    this.#queue = queue
    this.#wanted = wanted
    this.#onEnd = onEnd
    // How long a client waits is its own affair, and so by the clock on the wall.
    this.#timer = setTimeout(() => this.#refuse(timeout()), patienceOf(sender))
  }

  attempt(): void {
    if (this.#isOver) return
    const link = new OutgoingLink(this.#sender, this.#queue, this.#wanted)
    try {
      const session = this.#queue.acceptSession(this.#wanted, link)
      if (session === undefined) return
      this.end()
      link.session = session
      const until = this.#queue.sessions.get(session).lock?.until ?? 0
      openWithSession(this.#sender, session, until)
      link.start()
      this.#onEnd(link)
    } catch (error) {
      this.#refuse(error)
    }
  }

  end(): void {
    this.#isOver = true
    clearTimeout(this.#timer)
  }

  #refuse(error: unknown): void {
    if (this.#isOver) return
    this.end()
    this.#onEnd(undefined)
    closeWith(this.#sender, error)
  }
}

const timeout = () =>
  new BrokerFault(
    'com.microsoft:timeout',
    'The operation did not complete within the allotted timeout: no session has messages.',
  )
