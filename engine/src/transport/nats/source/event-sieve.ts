import type { EventFilter, EventStore, Scope } from '../../../store/index.ts'
import type { ReadMessage } from '../message/wire-event.ts'

/** Which events of a stream a scope and a filter are about: the same ones that the log would give. */
export class EventSieve {
  readonly #store: EventStore
  readonly #scope: Scope
  readonly #topics: readonly string[] | undefined
  readonly #types: ReadonlySet<string> | undefined
  /** Whether a type that came without its topic is of one of the topics; types do not grow without end. */
  readonly #known = new Map<string, boolean>()

  constructor(store: EventStore, scope: Scope, filter: EventFilter | undefined) {
    this.#store = store
    this.#scope = scope
    this.#topics = filter?.topics
    this.#types = filter?.types && new Set(filter.types)
  }

  /** True or false where that can be said at once. */
  wants(message: ReadMessage): boolean | Promise<boolean> {
    const { eventType, tenantId } = message.event
    if (this.#types?.has(eventType) === false) return false
    if (this.#scope.tenantId !== 'every tenant' && this.#scope.tenantId !== tenantId) return false
    if (this.#topics === undefined) return true
    if (message.topic !== undefined) return this.#topics.includes(message.topic)
    return this.#known.get(eventType) ?? this.#ask(message, this.#topics)
  }

  /** The log knows the topics of types. */
  async #ask({ event }: ReadMessage, topics: readonly string[]): Promise<boolean> {
    const options = { after: event.position - 1, limit: 1, removed: 'include', filter: { topics } } as const
    const [found] = await Array.fromAsync(this.#store.readAll(this.#scope, options))
    const isWanted = found?.position === event.position
    this.#known.set(event.eventType, isWanted)
    return isWanted
  }
}
