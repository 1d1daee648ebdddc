import type { Clock, IdSource } from '../../core/index.ts'
import { createIdSource, KeelsonError, systemClock } from '../../core/index.ts'
import type { EventStore } from '../port.ts'
import type { Document, DocumentChange, Scope } from '../types.ts'
import type { UnitPart } from './compose-unit.ts'
import type { AsideMessage, OutboxMessage, PendingMessage } from './outbox-message.ts'
import { toMessage, toValue } from './outbox-message.ts'
import { checkPayload } from './payload.ts'

export interface OutboxOptions {
  /** Queues are independent of each other; default `main`. */
  readonly queue?: string
  /** Milliseconds for which a taken batch belongs to its taker; default 30 s. */
  readonly lease?: number
  /** Tries before a message is set aside, and milliseconds between them; default 8 tries, 1 s to 5 min. */
  readonly retry?: { readonly attempts: number; readonly initial: number; readonly max: number }
  readonly clock?: Clock
  readonly ids?: IdSource
}

export interface DeliverOptions {
  /** Messages to take at the most, up to 1,000; default 100. */
  readonly limit?: number
  readonly signal?: AbortSignal
}

export interface DeliverReport {
  readonly sent: number
  /** The message at which sending stopped: it is tried again later, or was set aside. */
  readonly failed?: { readonly id: string; readonly error: unknown; readonly isAside: boolean }
}

const maxErrorLength = 2000
const defaultRetry = { attempts: 8, initial: 1000, max: 5 * 60_000 } as const

export type { Outbox }

/** Opens the outbox of a queue; it needs no closing. */
export function createOutbox(store: EventStore, options: OutboxOptions = {}): Outbox {
  return new Outbox(store, options)
}

/**
 * Messages that leave when, and only when, the unit of work they were added in is stored. A tenant's messages of a
 * queue go out one after another in the order in which they were added (those of several processes by their clocks),
 * each at least once; one that fails is waited for, and set aside after its last try.
 */
class Outbox {
  readonly #store: EventStore
  readonly #collections: { readonly message: string; readonly ready: string; readonly aside: string }
  readonly #lease: number
  readonly #retry: NonNullable<OutboxOptions['retry']>
  readonly #clock: Clock
  readonly #ids: IdSource

  constructor(store: EventStore, options: OutboxOptions) {
    const { queue = 'main', clock = systemClock } = options
    if (!/^[a-z0-9-]{1,64}$/.test(queue))
      throw new KeelsonError('append_invalid', 'A queue is named by 1 to 64 of a-z 0-9 -')
    this.#store = store
    this.#collections = {
      message: `outbox-message-${queue}`,
      ready: `outbox-ready-${queue}`,
      aside: `outbox-aside-${queue}`,
    }
    this.#lease = options.lease ?? 30_000
    this.#retry = options.retry ?? defaultRetry
    this.#clock = clock
    this.#ids = options.ids ?? createIdSource(clock)
  }

  /** For a unit of work: adds messages in this order. */
  add(tenantId: string, messages: readonly OutboxMessage[]): UnitPart {
    if (messages.length === 0) return {}
    const now = this.#clock.now()
    const added = messages.map(({ topic, payload, headers = {} }) => {
      const value = {
        topic,
        payload: checkPayload('a message', payload),
        headers: { ...headers },
        addedAt: now,
        attempts: 0,
      }
      return {
        tenantId,
        collection: this.#collections.message,
        id: this.#ids.ulid(),
        value,
        due: now,
        expected: 0,
      }
    })
    return { documents: [...added, this.#marker(tenantId, now)] }
  }

  /** Tenants that may have messages to send, those that wait longest first. */
  async ready(scope: Scope, limit = 100): Promise<readonly string[]> {
    const query = { dueUntil: this.#clock.now(), limit }
    const markers = await this.#store.documents(scope, this.#collections.ready, query)
    return markers.map(({ tenantId }) => tenantId)
  }

  /** The tenant's next messages, which belong to the caller while the lease lasts; none where another has them. */
  async take(tenantId: string, limit = 100): Promise<readonly PendingMessage[]> {
    // The marker first: a message that is added from here on changes it.
    const marker = await this.#store.document(tenantId, this.#collections.ready, tenantId)
    const documents = await this.#store.documents({ tenantId }, this.#collections.message, { limit })
    const now = this.#clock.now()
    const isDue = ({ due = 0 }: Document) => due <= now
    const end = documents.findIndex(document => !isDue(document))
    const taken = end === -1 ? documents : documents.slice(0, end)
    if (taken.length === 0) {
      await this.#rest(marker, documents[0]?.due)
      return []
    }
    const leases = taken.map(({ id, collection, value, revision }) => {
      return { tenantId, collection, id, value, due: now + this.#lease, expected: revision }
    })
    if (!(await this.#commit(tenantId, leases))) return []
    return taken.map(document => toMessage({ ...document, revision: document.revision + 1 }))
  }

  /** For a unit of work: the messages were sent. */
  acknowledge(messages: readonly PendingMessage[]): UnitPart {
    const { message: collection } = this.#collections
    return { documents: messages.map(({ tenantId, id }) => ({ tenantId, collection, id })) }
  }

  /** For a unit of work: gives messages back that were not tried. */
  release(messages: readonly PendingMessage[]): UnitPart {
    const now = this.#clock.now()
    return { documents: messages.map(message => this.#put(message, message.attempts, now)) }
  }

  /** For a unit of work: the message is tried again later, or set aside with its error if this was the last try. */
  fail(message: PendingMessage, error: unknown): UnitPart {
    const attempts = message.attempts + 1
    if (attempts < this.#retry.attempts) {
      const delay = Math.min(this.#retry.max, this.#retry.initial * 2 ** Math.min(attempts - 1, 20))
      return { documents: [this.#put(message, attempts, this.#clock.now() + delay)] }
    }
    const { tenantId, id, revision } = message
    const text = (error instanceof Error ? error.message : String(error)).slice(0, maxErrorLength)
    return {
      documents: [
        { tenantId, collection: this.#collections.message, id, expected: revision },
        {
          tenantId,
          collection: this.#collections.aside,
          id,
          // When it failed: an erasure leaves what was said long before it.
          value: { ...toValue(message, attempts), error: text.toWellFormed(), at: this.#clock.now() },
        },
      ],
    }
  }

  /** Takes a batch and sends it, message by message, up to the first that fails. */
  async deliver(
    tenantId: string,
    send: (message: PendingMessage) => Promise<void>,
    { limit = 100, signal }: DeliverOptions = {},
  ): Promise<DeliverReport> {
    const batch = await this.take(tenantId, limit)
    let sent = 0
    let failure: { error: unknown } | undefined
    const end = this.#clock.now() + this.#lease
    for (const message of batch) {
      if (signal?.aborted || this.#clock.now() >= end) break
      try {
        await send(message)
        sent += 1
      } catch (error) {
        failure = { error }
        break
      }
    }
    // What was sent is gone whatever another worker has done in the meantime; the rest is only given back if it is ours.
    await this.#commit(tenantId, this.acknowledge(batch.slice(0, sent)).documents ?? [])
    const failed = failure && (batch[sent] as PendingMessage)
    const rest = batch.slice(failed ? sent + 1 : sent)
    const parts = [failed ? this.fail(failed, failure?.error) : {}, this.release(rest)]
    await this.#commit(
      tenantId,
      parts.flatMap(({ documents }) => documents ?? []),
    )
    if (!failed) return { sent }
    const isAside = failed.attempts + 1 >= this.#retry.attempts
    return { sent, failed: { id: failed.id, error: failure?.error, isAside } }
  }

  /** Messages that were set aside, the oldest first. */
  async aside(tenantId: string, query: { readonly after?: string; readonly limit?: number } = {}) {
    const documents = await this.#store.documents({ tenantId }, this.#collections.aside, query)
    return documents.map((document): AsideMessage => {
      const { error } = document.value as { error?: string }
      return { ...toMessage(document), error: error ?? '' }
    })
  }

  /** For a unit of work: a message that was set aside goes out again, at its old place in the order. */
  retry(message: AsideMessage): UnitPart {
    const { tenantId, id, revision } = message
    const now = this.#clock.now()
    return {
      documents: [
        { tenantId, collection: this.#collections.aside, id, expected: revision },
        {
          tenantId,
          collection: this.#collections.message,
          id,
          value: toValue(message, 0),
          due: now,
          expected: 0,
        },
        this.#marker(tenantId, now),
      ],
    }
  }

  /** For a unit of work: a message that was set aside is given up for good. */
  discard({ tenantId, id, revision }: AsideMessage): UnitPart {
    return { documents: [{ tenantId, collection: this.#collections.aside, id, expected: revision }] }
  }

  #put(message: PendingMessage, attempts: number, due: number): DocumentChange {
    const { tenantId, id, revision } = message
    const value = toValue(message, attempts)
    return { tenantId, collection: this.#collections.message, id, value, due, expected: revision }
  }

  /** Says when somebody should look at the tenant. It is never deleted, so that its revisions only grow. */
  #marker(tenantId: string, due: number): DocumentChange {
    return { tenantId, collection: this.#collections.ready, id: tenantId, value: {}, due }
  }

  /** Nothing can be taken: nobody needs to look before the first message is due, or before one is added. */
  async #rest(marker: Document | undefined, due: number | undefined): Promise<void> {
    if (!marker) return
    const { tenantId, collection, id, revision } = marker
    const change = { tenantId, collection, id, value: {}, expected: revision }
    await this.#commit(tenantId, [due === undefined ? change : { ...change, due }])
  }

  /** Whether the changes were made; if not, another worker has changed what they expect. */
  async #commit(tenantId: string, documents: readonly DocumentChange[]): Promise<boolean> {
    if (documents.length === 0) return true
    try {
      await this.#store.commit({ scope: { tenantId }, documents })
      return true
    } catch (error) {
      if (error instanceof KeelsonError && error.code === 'document_conflict') return false
      throw error
    }
  }
}
