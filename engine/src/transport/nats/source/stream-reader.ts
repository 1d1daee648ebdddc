import type { ConsumerConfig } from '@nats-io/jetstream'
import type { Msg, Subscription } from '@nats-io/transport-node'
import { KeelsonError } from '../../../core/index.ts'
import type { NatsClient } from '../connection/nats-link.ts'
import { toTransportError } from '../connection/transport-error.ts'
import { PullWindow } from './pull-window.ts'

export interface StreamReaderOptions {
  readonly stream: string
  /** First sequence to read. */
  readonly from: number
  /** Undefined is every subject. */
  readonly subjects: readonly string[] | undefined
}

export interface StreamMessage {
  readonly sequence: number
  readonly message: Msg
}

/** Messages that are here or on their way. */
const capacity = 1_000
/** A request stands so long, in milliseconds, and the broker says that it is there so often. */
const expires = 30_000
const heartbeat = 5_000
/** Milliseconds after which the broker forgets a consumer that asks for nothing. */
const forgetAfter = 120_000
/** Bytes that one request may bring; never less than the largest message. */
const pullBytes = 2 * 1024 * 1024
const nanoseconds = 1_000_000

/**
 * Reads a stream from a sequence on through a consumer of its own, which the broker keeps in memory alone: where it has
 * come to is the reader's business. It is over as soon as anything is missing; then another one is made.
 */
export class StreamReader {
  readonly #client: NatsClient
  readonly #stream: string
  readonly #consumer: string
  readonly #inbox: string
  readonly #subscription: Subscription
  readonly #pulls = new PullWindow()
  readonly #watch: NodeJS.Timeout
  #buffer: StreamMessage[] = []
  #received = 0
  #pending = 0
  #asked = 0
  #heardAt = performance.now()
  #over: KeelsonError | undefined
  #wake = asleep

  /** @throws KeelsonError as the broker refuses it. */
  static async open(client: NatsClient, options: StreamReaderOptions): Promise<StreamReader> {
    const { stream, from, subjects } = options
    try {
      const { name } = await client.manager.consumers.add(stream, consumerOf(from, subjects))
      return new StreamReader(client, stream, name)
    } catch (error) {
      throw toTransportError(error, `to make a consumer of the stream ${stream}`)
    }
  }

  private constructor(client: NatsClient, stream: string, consumer: string) {
    this.#client = client
    this.#stream = stream
    this.#consumer = consumer
    this.#inbox = client.createInbox()
    this.#subscription = client.connection.subscribe(`${this.#inbox}.*`, {
      callback: (error, message) => {
        if (error === null) this.#take(message)
        else this.end(toTransportError(error, 'to deliver'))
      },
    })
    this.#watch = setInterval(() => this.#listen(), heartbeat)
    this.#watch.unref()
    this.#pull()
  }

  /** Messages that the broker had still to deliver when the newest one came. */
  get pending(): number {
    return this.#over === undefined ? this.#pending : 0
  }

  /** What has come, as soon as there is something; nothing where the signal aborts. @throws KeelsonError when it is over. */
  async next(signal: AbortSignal): Promise<readonly StreamMessage[]> {
    while (this.#buffer.length === 0) {
      if (this.#over !== undefined) throw this.#over
      if (signal.aborted) return []
      await this.#wait(signal)
    }
    const found = this.#buffer
    this.#buffer = []
    this.#pull()
    return found
  }

  /** Nothing comes any more; what is here can still be taken. */
  end(error: KeelsonError): void {
    this.#over ??= error
    this.#pulls.clear()
    clearInterval(this.#watch)
    this.#wake()
  }

  async close(): Promise<void> {
    const isNew = this.#over === undefined
    this.end(new KeelsonError('transport_unreachable', 'The reader is closed'))
    if (this.#client.connection.isClosed()) return
    this.#subscription.unsubscribe()
    // Else the broker forgets it by itself.
    if (isNew)
      await this.#client.manager.consumers.delete(this.#stream, this.#consumer).catch(() => undefined)
  }

  #wait(signal: AbortSignal): Promise<void> {
    return new Promise(resolve => {
      const done = () => {
        this.#wake = asleep
        signal.removeEventListener('abort', done)
        resolve()
      }
      this.#wake = done
      signal.addEventListener('abort', done, { once: true })
    })
  }

  /** Asks for more where less than half of what there is room for is here or on its way. */
  #pull(): void {
    const room = capacity - this.#buffer.length - this.#pulls.left
    if (this.#over !== undefined || room < capacity / 2) return
    this.#asked += 1
    const id = String(this.#asked)
    this.#pulls.add(id, room)
    const largest = this.#client.connection.info?.max_payload ?? 1024 * 1024
    const request = {
      batch: room,
      max_bytes: Math.max(pullBytes, 2 * largest),
      expires: expires * nanoseconds,
      idle_heartbeat: heartbeat * nanoseconds,
    }
    const subject = `${this.#client.apiPrefix}.CONSUMER.MSG.NEXT.${this.#stream}.${this.#consumer}`
    try {
      this.#client.connection.publish(subject, JSON.stringify(request), { reply: `${this.#inbox}.${id}` })
    } catch (error) {
      this.end(toTransportError(error, 'to be asked for events'))
    }
  }

  #take(message: Msg): void {
    this.#heardAt = performance.now()
    if (message.subject.startsWith(this.#inbox)) this.#takeWord(message)
    else this.#takeMessage(message)
  }

  #takeMessage(message: Msg): void {
    const { consumer, sequence, delivered, pending } = placeOfReply(message.reply ?? '')
    if (consumer !== this.#consumer || this.#over !== undefined) return
    if (delivered !== this.#received + 1) {
      this.end(new KeelsonError('transport_unreachable', 'An event was lost on its way from the broker'))
      return
    }
    this.#received = delivered
    this.#pending = pending
    this.#pulls.take()
    this.#buffer.push({ sequence, message })
    this.#wake()
  }

  /** A message without an event: that a request has ended, or that the broker is there. */
  #takeWord(message: Msg): void {
    const code = message.headers?.code ?? 0
    const description = message.headers?.description ?? ''
    if (code === 100) return
    this.#pulls.end(message.subject.slice(this.#inbox.length + 1))
    if (code === 503 || code === 400 || /deleted|shutdown|leadership/i.test(description)) {
      const reason = description === '' ? 'the consumer is gone' : description
      this.end(new KeelsonError('transport_unreachable', `The broker does not deliver any more: ${reason}`))
    } else this.#pull()
  }

  #listen(): void {
    if (this.#pulls.left === 0 || performance.now() - this.#heardAt < heartbeat * 2.5) return
    this.end(new KeelsonError('transport_unreachable', 'Nothing is heard of the broker'))
  }
}

/** Nobody waits. */
const asleep = (): void => undefined

function consumerOf(from: number, subjects: readonly string[] | undefined): Partial<ConsumerConfig> {
  const [only] = subjects ?? []
  return {
    ack_policy: 'none',
    deliver_policy: 'by_start_sequence',
    opt_start_seq: Math.max(1, from),
    replay_policy: 'instant',
    mem_storage: true,
    num_replicas: 1,
    inactive_threshold: forgetAfter * nanoseconds,
    ...(only === undefined
      ? {}
      : subjects?.length === 1
        ? { filter_subject: only }
        : { filter_subjects: [...(subjects ?? [])] }),
  }
}

/** `$JS.ACK.<stream>.<consumer>.<tries>.<sequence>.<delivered>.<time>.<pending>`; of newer servers with a domain and an account before. */
function placeOfReply(reply: string): {
  readonly consumer: string
  readonly sequence: number
  readonly delivered: number
  readonly pending: number
} {
  const tokens = reply.split('.')
  const at = tokens.length > 9 ? 4 : 2
  return {
    consumer: tokens[at + 1] ?? '',
    sequence: Number(tokens[at + 3]),
    delivered: Number(tokens[at + 4]),
    pending: Number(tokens[at + 6]) || 0,
  }
}
