import type { Credentials } from '../api/client.ts'

const KEY = 'keelson.key'
const TENANT = 'keelson.tenant'

export interface SessionState extends Credentials {}

/**
 * Who is signed in. The key lives in sessionStorage and nowhere else: it dies with the tab, and neither the
 * address bar nor a log ever sees it.
 */
export class Session {
  readonly #storage: Storage
  readonly #listeners = new Set<() => void>()
  #state: SessionState | null
  #ended: string | null = null

  constructor(storage: Storage) {
    this.#storage = storage
    const key = storage.getItem(KEY)
    this.#state = key ? { key, tenant: storage.getItem(TENANT) } : null
  }

  /** The signed-in key and tenant; the same object until one of them changes. */
  get current(): SessionState | null {
    return this.#state
  }

  /** Why the last session ended, when it was not the user's wish. */
  get ended(): string | null {
    return this.#ended
  }

  signIn(key: string): void {
    this.#storage.setItem(KEY, key)
    this.#storage.removeItem(TENANT)
    this.#ended = null
    this.#set({ key, tenant: null })
  }

  chooseTenant(tenant: string): void {
    if (!this.#state || this.#state.tenant === tenant) return
    this.#storage.setItem(TENANT, tenant)
    this.#set({ ...this.#state, tenant })
  }

  signOut(reason: string | null = null): void {
    if (!this.#state) return
    this.#storage.removeItem(KEY)
    this.#storage.removeItem(TENANT)
    this.#ended = reason
    this.#set(null)
  }

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  #set(state: SessionState | null): void {
    this.#state = state
    for (const listener of this.#listeners) listener()
  }
}

/** A place inside this console to return to; anything else becomes the start page (no open redirect). */
export function safeReturn(path: unknown): string {
  if (typeof path !== 'string' || !/^\/(?![/\\])/.test(path) || path.startsWith('/sign-in')) return '/events'
  return path
}
