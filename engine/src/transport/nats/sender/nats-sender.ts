import { randomUUID } from 'node:crypto'
import { KeelsonError } from '../../../core/index.ts'
import type { RecordedEvent } from '../../../store/index.ts'
import type { Sender, SendResult } from '../../sender-port.ts'
import type { NatsClient, NatsLink, WireHeaders } from '../connection/nats-link.ts'
import { apiCode, toTransportError } from '../connection/transport-error.ts'
import type { MessageOrigin } from '../message/event-message.ts'
import { endOfHeaders } from '../message/event-message.ts'
import type { StreamBinding, StreamMark } from '../stream/stream-access.ts'
import type { StreamSettings } from '../stream/stream-options.ts'
import type { Answer } from './ack-inbox.ts'
import { AckInbox } from './ack-inbox.ts'
import type { Encoder, EventMessage, TopicOf } from './event-encoder.ts'
import { createEncoder } from './event-encoder.ts'
import type { Newest } from './newest-message.ts'
import { emptyStream, newestMessage } from './newest-message.ts'

export interface NatsSenderOptions {
  readonly partition: number
  readonly topicOf: TopicOf
  /** Whose events they are. */
  readonly mark: StreamMark
  /** Milliseconds that an answer may take. */
  readonly patience: number
}

/** One message of so many is acknowledged: each expects the one before it, so it speaks for them. */
const groupSize = 64
/** Bounds of what is sent and not acknowledged. */
const mostGroups = 16
const groupBytes = 256 * 1024

interface Connected {
  readonly client: NatsClient
  /** For one message after the other. */
  readonly headers: WireHeaders
  readonly inbox: AckInbox
  readonly encoder: Encoder
  readonly forget: () => void
}

/** Events that were sent together, and the answer to the last of them. */
interface Group {
  readonly end: number
  /** What the stream has when all of it was taken. */
  readonly newest: Newest
  readonly answer: Promise<Answer | KeelsonError>
}

/**
 * Puts the events of a partition into its stream, in order and each once: every message names the sequence that it expects
 * to be the newest, so that nothing follows what was refused, came twice or was sent by another process.
 */
export class NatsSender implements Sender {
  readonly #link: NatsLink
  readonly #settings: StreamSettings
  readonly #options: NatsSenderOptions
  readonly #id = randomUUID().slice(0, 13)
  #connected: Connected | undefined
  /** What the stream has as far as is known; undefined where it has to be asked. */
  #newest: Newest | undefined
  #isClosed = false

  constructor(link: NatsLink, settings: StreamSettings, options: NatsSenderOptions) {
    this.#link = link
    this.#settings = settings
    this.#options = options
  }

  async begin(): Promise<number | undefined> {
    this.#newest = undefined
    const { client } = await this.#connect()
    this.#newest = await newestMessage(client, this.#binding)
    return this.#newest.position
  }

  async send(events: readonly RecordedEvent[], signal: AbortSignal): Promise<readonly SendResult[]> {
    const results: SendResult[] = []
    try {
      const connected = await this.#connect()
      if (this.#newest === undefined) await this.begin()
      while (results.length < events.length) {
        await this.#sendFast(connected, events, results, signal)
        if (results.length < events.length) await this.#sendSlowly(connected, events, results, signal)
      }
      return results
    } catch (error) {
      this.#newest = undefined
      throw error
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true
    this.#disconnect()
  }

  async #connect(): Promise<Connected> {
    if (this.#isClosed) throw new KeelsonError('transport_unreachable', 'The sender is closed')
    const client = await this.#link.open()
    if (this.#connected?.client.connection === client.connection) return this.#connected
    this.#disconnect()
    const inbox = new AckInbox(client, this.#options.patience)
    const encoder = createEncoder(client, this.#settings, this.#options)
    const forget = this.#link.onChange(() => {
      if (!this.#link.status().isConnected) inbox.fail('The connection to the broker is lost')
    })
    this.#connected = { client, headers: client.createHeaders(), inbox, encoder, forget }
    return this.#connected
  }

  #disconnect(): void {
    this.#connected?.forget()
    this.#connected?.inbox.close()
    this.#connected = undefined
  }

  /** Sends on without waiting, as long as nothing is refused; ends at the first that is not taken. */
  async #sendFast(
    connected: Connected,
    events: readonly RecordedEvent[],
    results: SendResult[],
    signal: AbortSignal,
  ): Promise<void> {
    const groups: Group[] = []
    let [at, newest, isFine] = [results.length, this.#known, true]
    while (isFine && at < events.length && !signal.aborted) {
      // The first one goes alone: where this sender was overtaken nothing of the call is sent.
      const most = at === 0 ? 1 : groupSize
      const { messages, after } = this.#takeGroup(connected.encoder, events.slice(at, at + most), newest)
      if (messages.length === 0) break
      const answer = publishGroup(connected, messages, newest.sequence)
      newest = after
      at += messages.length
      groups.push({ end: at, newest, answer })
      if (most === 1 || groups.length >= mostGroups) isFine = await this.#confirm(groups.shift(), results)
    }
    // Also after a refusal: what is on its way would change what the stream has while it is asked.
    for (const group of groups)
      if (isFine) isFine = await this.#confirm(group, results)
      else await group.answer
    signal.throwIfAborted()
  }

  /** Whether everything up to the end of the group was taken. */
  async #confirm(group: Group | undefined, results: SendResult[]): Promise<boolean> {
    const answer = await group?.answer
    if (answer instanceof KeelsonError) throw answer
    if (group === undefined || answer === undefined) return false
    if (!('sequence' in answer) || answer.isDuplicate || answer.sequence !== group.newest.sequence)
      return false
    while (results.length < group.end) results.push({ duplicate: false })
    this.#newest = group.newest
    return true
  }

  /** Finds out what the stream has, then sends one by one, so that each has an answer of its own. */
  async #sendSlowly(
    connected: Connected,
    events: readonly RecordedEvent[],
    results: SendResult[],
    signal: AbortSignal,
  ): Promise<void> {
    const before = this.#known
    const now = await newestMessage(connected.client, this.#binding)
    if (now.sequence < before.sequence)
      throw new KeelsonError('transport_unreachable', 'The stream has lost events; they are sent again')
    if (now.sequence > before.sequence && now.sender !== this.#id) throw new KeelsonError('sender_overtaken')
    this.#newest = now
    for (let sent = 0; sent < groupSize && results.length < events.length; sent += 1) {
      signal.throwIfAborted()
      results.push(await this.#sendOne(connected, events[results.length] as RecordedEvent))
    }
  }

  async #sendOne(connected: Connected, event: RecordedEvent): Promise<SendResult> {
    const { sequence, position = 0 } = this.#known
    if (event.position <= position) return { duplicate: true }
    const origin = this.#originOf(event, this.#known)
    const message = connected.encoder(event, origin)
    if ('error' in message) return message
    const ask = connected.inbox.ask()
    publishAll(connected, [message], sequence, ask.reply)
    const answer = await ask.answer
    if ('sequence' in answer) {
      const newest = Math.max(sequence, answer.sequence)
      this.#newest = { sequence: newest, position: event.position, ...origin }
      return { duplicate: answer.isDuplicate }
    }
    if (answer.apiCode === apiCode.wrongSequence) throw new KeelsonError('sender_overtaken')
    if (!answer.refusal.retryable) return { error: answer.refusal }
    throw answer.refusal
  }

  /** The messages of the next events, up to one that can be none, and what the stream has after them. */
  #takeGroup(
    encoder: Encoder,
    events: readonly RecordedEvent[],
    before: Newest,
  ): { readonly messages: readonly EventMessage[]; readonly after: Newest } {
    const messages: EventMessage[] = []
    let [bytes, after] = [0, before]
    for (const event of events) {
      const { position } = event
      // What is there already is for the slow way to tell.
      if (position <= (after.position ?? 0)) break
      const origin = this.#originOf(event, after)
      const message = encoder(event, origin)
      if ('error' in message) break
      messages.push(message)
      after = { sequence: after.sequence + 1, position, ...origin }
      bytes += message.size
      if (bytes > groupBytes) break
    }
    return { messages, after }
  }

  /** What follows the newest event is of its run, also where another process has sent that. */
  #originOf(event: RecordedEvent, newest: Newest): MessageOrigin {
    const follows = newest.run !== undefined && newest.position === event.position - 1
    return { sender: this.#id, run: follows ? newest.run : randomUUID().slice(0, 8) }
  }

  get #binding(): StreamBinding {
    const { partition, mark } = this.#options
    return { settings: this.#settings, partition, mark }
  }

  get #known(): Newest {
    return this.#newest ?? emptyStream
  }
}

/** Sends messages behind a sequence; the answer to the last of them, or why there is none. */
function publishGroup(
  connected: Connected,
  messages: readonly EventMessage[],
  expected: number,
): Promise<Answer | KeelsonError> {
  const { reply, answer } = connected.inbox.ask()
  const answered = answer.catch((error: unknown) => toTransportError(error, 'to answer'))
  publishAll(connected, messages, expected, reply)
  return answered
}

/** Written into one piece of memory, of which the client is given a part for each. */
function publishAll(
  { client: { connection }, headers }: Connected,
  messages: readonly EventMessage[],
  expected: number,
  reply: string,
): void {
  const bytes = Buffer.allocUnsafe(messages.reduce((sum, { size }) => sum + size, 0))
  let at = 0
  for (const [index, message] of messages.entries()) {
    const body = at + bytes.write(message.headers + endOfHeaders(expected + index), at, 'latin1')
    const end = body + bytes.write(message.body, body, 'utf8')
    headers.bytes = bytes.subarray(at, body)
    const isLast = index === messages.length - 1
    connection.publish(message.subject, bytes.subarray(body, end), isLast ? { headers, reply } : { headers })
    at = end
  }
}
