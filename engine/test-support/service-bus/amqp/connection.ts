import type { Socket } from 'node:net'
import type { Connection, EventContext, Sender } from 'rhea'
import { BrokerFault, sessionLockLost } from '../fault.ts'
import type { Namespace } from '../namespace.ts'
import { receiveOn } from './incoming-link.ts'
import { closeWith, holdOpen, sessionFilter } from './link-state.ts'
import { manage } from './management.ts'
import { OutgoingLink } from './outgoing-link.ts'
import { PendingAccept } from './pending-accept.ts'
import { replyTo } from './request.ts'

export interface ConnectionTools {
  readonly namespace: Namespace
  readonly releasesOnDisconnect: boolean
  /** Refuses a token. @throws BrokerFault. */
  readonly checkToken: (audience: string) => void
  /** Whether the token that has come gets no answer. */
  readonly ignoresToken: () => boolean
}

/** What one client has open: the links over which it sends, receives and asks. */
export class ClientConnection {
  readonly #tools: ConnectionTools
  readonly #links = new Map<Sender, OutgoingLink>()
  readonly #accepts = new Map<Sender, PendingAccept>()
  /** Links for answers, by the address that requests name. */
  readonly #answers = new Map<string, Sender>()

  constructor(connection: Connection, tools: ConnectionTools, onEnd: () => void) {
    this.#tools = tools
    connection.on('sender_open', context => this.#attach(context))
    connection.on('receiver_open', context => this.#attachIncoming(context))
    connection.on('sender_close', ({ sender }: EventContext) => this.#detach(sender))
    connection.on('sender_error', () => undefined)
    connection.on('receiver_error', () => undefined)
    connection.on('session_close', () => this.#sweepClosed())
    connection.on('connection_close', () => this.end(true))
    connection.on('connection_error', () => undefined)
    connection.on('disconnected', () => undefined)
    // rhea does not see the end of a socket that is destroyed on this side.
    const socket: Socket = connection['socket']
    socket.on('close', () => {
      this.end(tools.releasesOnDisconnect)
      onEnd()
    })
  }

  /** Gives out what has come. */
  pump(): void {
    for (const accept of [...this.#accepts.values()]) accept.attempt()
    for (const link of [...this.#links.values()]) link.pump()
  }

  /** Takes links away whose session has run out. */
  loseSession(holder: object): void {
    for (const link of this.#links.values())
      if (link === holder) link.lose(sessionLockLost(link.session ?? ''))
  }

  end(isOrderly: boolean): void {
    for (const link of this.#links.values()) link.end(isOrderly)
    for (const accept of this.#accepts.values()) accept.end()
    this.#links.clear()
    this.#accepts.clear()
  }

  #attach({ sender }: EventContext): void {
    if (sender === undefined) return
    const path = sender.source?.address ?? ''
    if (path === '$cbs' || path.endsWith('/$management')) {
      this.#answers.set(sender.target?.address ?? sender.name, sender)
      this.#answers.set(sender.name, sender)
      return
    }
    try {
      const queue = this.#tools.namespace.queue(path)
      const wanted = sessionFilter(sender)
      if (wanted !== 'none') this.#accept(sender, queue, wanted)
      else if (queue.options.requiresSession)
        throw new BrokerFault(
          'amqp:not-allowed',
          `It is not possible for an entity that requires sessions to create a non-sessionful message receiver: '${path}'.`,
        )
      else this.#links.set(sender, new OutgoingLink(sender, queue, undefined).start())
    } catch (error) {
      closeWith(sender, error)
    }
  }

  #accept(sender: Sender, queue: OutgoingLink['queue'], wanted: { readonly id: string | undefined }): void {
    holdOpen(sender)
    const accept = new PendingAccept(sender, queue, wanted.id, link => {
      this.#accepts.delete(sender)
      if (link !== undefined) this.#links.set(sender, link)
    })
    this.#accepts.set(sender, accept)
    accept.attempt()
  }

  #attachIncoming({ receiver }: EventContext): void {
    if (receiver === undefined) return
    const path = receiver.target?.address ?? ''
    const { namespace, checkToken, ignoresToken } = this.#tools
    if (path === '$cbs')
      receiver.on('message', context => {
        if (ignoresToken()) return
        replyTo(context, this.#answerTo(context), (_, { application_properties }) => {
          checkToken(String(application_properties?.['name'] ?? ''))
          return { status: 202 }
        })
      })
    else if (path.endsWith('/$management'))
      receiver.on('message', context =>
        replyTo(context, this.#answerTo(context), (operation, request) =>
          manage(namespace, path.slice(0, -'/$management'.length), operation, request),
        ),
      )
    else if (namespace.find(path) === undefined)
      closeWith(
        receiver,
        new BrokerFault(
          'amqp:not-found',
          `The messaging entity '${path}' could not be found. status-code: 404`,
        ),
      )
    else receiveOn(receiver, path, namespace)
  }

  #answerTo({ message }: EventContext): Sender | undefined {
    return this.#answers.get(message?.reply_to ?? '')
  }

  #detach(sender: Sender | undefined): void {
    if (sender === undefined) return
    this.#links.get(sender)?.end(true)
    this.#links.delete(sender)
    this.#accepts.get(sender)?.end()
    this.#accepts.delete(sender)
  }

  #sweepClosed(): void {
    for (const sender of [...this.#links.keys(), ...this.#accepts.keys()])
      if (sender.is_closed()) this.#detach(sender)
  }
}
