import type { Clock } from 'keelson'
import { cacheTime } from './document.ts'

interface Held<Value> {
  readonly value: Value
  readonly readAt: number
}

/** Takes what a look has found; false where something has changed here since it began: then it has to be looked again. */
export type Take<Value> = (name: string, found: Value | undefined) => boolean

/**
 * What was looked up last. It counts for `cacheTime` after its look began, so that a slow database does not lengthen what
 * another process may wait for; what this process has changed counts at once, whatever look is under way.
 */
export class Recent<Value> {
  readonly #clock: Clock
  readonly #most: number
  readonly #held = new Map<string, Held<Value>>()
  #changes = 0

  /** `most` are held. */
  constructor(clock: Clock, most: number) {
    this.#clock = clock
    this.#most = most
  }

  get(name: string): Value | undefined {
    const held = this.#held.get(name)
    const age = held ? this.#clock.now() - held.readAt : cacheTime
    // A clock that was set back must not make it last.
    return age >= 0 && age < cacheTime ? held?.value : undefined
  }

  /** As last found, however long ago. */
  peek(name: string): Value | undefined {
    return this.#held.get(name)?.value
  }

  /** To be called before a look begins. */
  begin(): Take<Value> {
    const [changes, readAt] = [this.#changes, this.#clock.now()]
    return (name, value) => {
      if (changes !== this.#changes) return false
      this.#held.delete(name)
      if (value !== undefined) this.#held.set(name, { value, readAt })
      if (this.#held.size > this.#most) this.#held.delete([...this.#held.keys()][0] as string)
      return true
    }
  }

  /** Something of this name has changed. */
  drop(name: string): void {
    this.#changes += 1
    this.#held.delete(name)
  }

  /** Anything may have changed. */
  clear(): void {
    this.#changes += 1
    this.#held.clear()
  }
}
