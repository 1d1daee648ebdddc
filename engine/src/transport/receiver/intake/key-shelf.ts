import type { EventStore, RecordedEvent } from '../../../store/index.ts'
import { parkedId } from '../../record/collections.ts'
import type { Progress } from '../owner/progress.ts'

/** Positions that may be shelved; beyond them the log waits. */
const mostShelved = 100_000

/** Events of a portion that is read again, and of one key among them. */
const portion = 250
const portionOfKey = 100

export interface KeyShelfTools {
  readonly store: EventStore
  readonly progress: Progress
  /** Events that the owner may have in hand. */
  readonly window: number
  /** Whether there is room for an event of the tenant. */
  readonly hasRoom: (tenantId: string) => boolean
  readonly onMore: () => void
}

/** A key some of whose events are shelved. */
interface ShelvedKey {
  readonly tenantId: string
  /** As the progress names it. */
  readonly id: string
  /** Position of the event that all others wait for. */
  first: number
  isWaiting: boolean
  /** Positions that were shelved and are in hand again. */
  readonly out: Set<number>
}

/**
 * What stands behind keys that wait for a retry, as positions: the window counts what is in hand in full. It is read
 * again when the key goes on, and comes before what is new of the key.
 */
export class KeyShelf {
  readonly #tools: KeyShelfTools
  readonly #byName = new Map<string, ShelvedKey>()
  /** Read ahead, by position; undefined where the event is not there any more. */
  #ahead = new Map<number, RecordedEvent | undefined>()
  #reading: Promise<void> | undefined
  #fault: { readonly error: unknown } | undefined

  constructor(tools: KeyShelfTools) {
    this.#tools = tools
  }

  get isEmpty(): boolean {
    return this.#byName.size === 0
  }

  get isFull(): boolean {
    return this.#tools.progress.shelved >= mostShelved
  }

  /** Whether what comes of the key is to be shelved. */
  has(tenantId: string, orderingKey: string): boolean {
    return this.#byName.has(nameOf(tenantId, orderingKey))
  }

  /** Shelves an event behind those of its key; it has been noted as read. */
  add(tenantId: string, orderingKey: string, position: number): void {
    const key = this.#byName.get(nameOf(tenantId, orderingKey))
    if (key !== undefined) this.#tools.progress.shelve(key.id, position, tenantId)
  }

  /** Shelves what was in hand behind the event at `first`, until that one is done. */
  putBack(tenantId: string, orderingKey: string, first: number, behind: readonly number[]): void {
    const name = nameOf(tenantId, orderingKey)
    let key = this.#byName.get(name)
    if (key === undefined) {
      if (behind.length === 0) return
      const id = parkedId(tenantId, orderingKey)
      key = { tenantId, id, first, isWaiting: true, out: new Set() }
      this.#byName.set(name, key)
    }
    key.first = first
    key.isWaiting = true
    for (const position of behind) key.out.delete(position)
    this.#tools.progress.putBack(key.id, behind)
    // What was read ahead of other keys is read once more: that is seldom, and never wrong.
    this.#ahead = new Map()
  }

  /** An event is done or set aside. */
  done(tenantId: string, orderingKey: string, position: number): void {
    const key = this.#byName.get(nameOf(tenantId, orderingKey))
    if (key === undefined) return
    key.out.delete(position)
    if (key.first === position) key.isWaiting = false
    if (!key.isWaiting) this.#tools.onMore()
  }

  /** What is at hand of keys that go on, at most `max`. @throws what a read failed with. */
  take(max: number): readonly RecordedEvent[] {
    const fault = this.#fault
    this.#fault = undefined
    if (fault !== undefined) throw fault.error
    const taken: RecordedEvent[] = []
    for (const [name, key] of this.#byName) {
      if (taken.length >= max) break
      this.#takeOf(name, key, max, taken)
    }
    return taken
  }

  /** Looks for what is to be had of keys that go on. */
  fetch(): void {
    if (this.#byName.size === 0 || this.#reading !== undefined || this.#fault !== undefined) return
    const wanted = this.#wanted()
    if (wanted.size === 0) return
    this.#reading = this.#read(wanted).then(() => {
      this.#reading = undefined
      this.#tools.onMore()
    })
  }

  async close(): Promise<void> {
    await this.#reading
  }

  /** Of one key no more than an eighth of the window is in hand, so that the others have room beside it. */
  get #mostOut(): number {
    return Math.max(1, Math.floor(this.#tools.window / 8))
  }

  #takeOf(name: string, key: ShelvedKey, max: number, taken: RecordedEvent[]): void {
    const { progress, hasRoom } = this.#tools
    while (taken.length < max && this.#isFree(key) && hasRoom(key.tenantId)) {
      const [position] = progress.firstShelved(key.id, 1)
      if (position === undefined || !this.#ahead.has(position)) break
      const event = this.#ahead.get(position)
      this.#ahead.delete(position)
      progress.takeShelved(key.id, event !== undefined)
      if (event === undefined) continue
      key.out.add(position)
      taken.push(event)
    }
    if (!progress.isShelved(key.id)) this.#byName.delete(name)
  }

  #isFree({ isWaiting, out }: ShelvedKey): boolean {
    return !isWaiting && out.size < this.#mostOut
  }

  /** Positions to be read, of each tenant. */
  #wanted(): ReadonlyMap<string, readonly number[]> {
    const wanted = new Map<string, number[]>()
    let left = portion
    for (const key of this.#byName.values()) {
      if (left <= 0) break
      if (!this.#isFree(key)) continue
      const positions = this.#tools.progress.firstShelved(key.id, Math.min(portionOfKey, left))
      if (positions[0] === undefined || this.#ahead.has(positions[0])) continue
      left -= positions.length
      const own = wanted.get(key.tenantId)
      if (own === undefined) wanted.set(key.tenantId, [...positions])
      else own.push(...positions)
    }
    return wanted
  }

  async #read(wanted: ReadonlyMap<string, readonly number[]>): Promise<void> {
    const ahead = this.#ahead
    try {
      for (const [tenantId, positions] of wanted) {
        const events = await this.#tools.store.readPositions(tenantId, positions)
        for (const position of positions) ahead.set(position, undefined)
        for (const event of events) ahead.set(event.position, event)
      }
    } catch (error) {
      this.#fault = { error }
    }
  }
}

const nameOf = (tenantId: string, orderingKey: string): string => `${tenantId}\0${orderingKey}`
