import type { Msg, Subscription } from '@nats-io/transport-node'
import type { JsonValue } from '../../../core/index.ts'
import { isJsonObject, KeelsonError } from '../../../core/index.ts'
import type { NatsClient } from '../connection/nats-link.ts'
import { answerError, toTransportError } from '../connection/transport-error.ts'

/** What the broker says about a message that it was sent. */
export type Answer =
  | { readonly sequence: number; readonly isDuplicate: boolean }
  | { readonly refusal: KeelsonError; readonly apiCode: number }

interface Waiting {
  readonly resolve: (answer: Answer) => void
  readonly reject: (error: KeelsonError) => void
  readonly timer: NodeJS.Timeout
}

/** One inbox for the answers to many messages: which one is answered is the last token of its subject. */
export class AckInbox {
  readonly #inbox: string
  readonly #patience: number
  readonly #subscription: Subscription
  readonly #waiting = new Map<string, Waiting>()
  #asked = 0

  /** `patience` in milliseconds is how long an answer may take. */
  constructor({ connection, createInbox }: NatsClient, patience: number) {
    this.#inbox = createInbox()
    this.#patience = patience
    this.#subscription = connection.subscribe(`${this.#inbox}.*`, {
      callback: (error, message) => {
        if (error === null) this.#take(message)
      },
    })
  }

  /** The subject to answer to, and the answer: it rejects with `transport_unreachable` where none comes. */
  ask(): { readonly reply: string; readonly answer: Promise<Answer> } {
    this.#asked += 1
    const id = this.#asked.toString(36)
    const { promise, resolve, reject } = Promise.withResolvers<Answer>()
    const timer = setTimeout(() => this.#fail(id, 'The broker does not answer'), this.#patience)
    this.#waiting.set(id, { resolve, reject, timer })
    return { reply: `${this.#inbox}.${id}`, answer: promise }
  }

  /** Nothing is waited for any more: what was sent may have come, or not. */
  fail(reason: string): void {
    for (const id of [...this.#waiting.keys()]) this.#fail(id, reason)
  }

  close(): void {
    this.#subscription.unsubscribe()
    this.fail('The sender is closed')
  }

  #fail(id: string, reason: string): void {
    this.#settle(id)?.reject(new KeelsonError('transport_unreachable', reason))
  }

  #settle(id: string): Waiting | undefined {
    const waiting = this.#waiting.get(id)
    this.#waiting.delete(id)
    clearTimeout(waiting?.timer)
    return waiting
  }

  #take(message: Msg): void {
    const waiting = this.#settle(message.subject.slice(this.#inbox.length + 1))
    if (waiting === undefined) return
    try {
      waiting.resolve(readAnswer(message))
    } catch (error) {
      waiting.reject(toTransportError(error, 'to give an answer that can be read'))
    }
  }
}

function readAnswer(message: Msg): Answer {
  // Nobody listens: there is no stream for it, or it has no leader now.
  if (message.headers?.code === 503)
    throw new KeelsonError('transport_unreachable', 'No stream takes the event')
  const answer = JSON.parse(message.string()) as JsonValue
  if (!isJsonObject(answer)) throw new Error('not an object')
  const { seq, duplicate, error } = answer
  if (isJsonObject(error)) {
    const [code, description] = [Number(error['err_code']), String(error['description'])]
    return { refusal: answerError({ code, description }, 'to take an event'), apiCode: code }
  }
  if (typeof seq !== 'number') throw new Error('no sequence')
  return { sequence: seq, isDuplicate: duplicate === true }
}
