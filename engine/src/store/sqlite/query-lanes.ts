import type { SqlValue } from '../types.ts'
import type { QueryRequest } from './protocol.ts'

/** A question on its way to the reader thread. */
export interface Question {
  readonly request: Omit<QueryRequest, 'id'>
  readonly tenantId: string | undefined
  resolve(rows: SqlValue[][]): void
  reject(error: unknown): void
}

/** Questions at the reader thread at a time, and how many of them may be tenants' searches. */
const maxAsked = 2
const maxSearches = 1
/** Searches of one tenant that may wait. */
const maxWaiting = 64

/**
 * Decides which question is asked next. What the platform itself asks (keys, checkpoints, pages of the log) goes
 * first; the searches of tenants take turns, so that one tenant's hundred do not stand before another's one.
 */
export class QueryLanes {
  readonly #own: Question[] = []
  readonly #searches = new Map<string, Question[]>()
  #asked = 0
  #searching = 0

  /** Questions that wait. */
  get size(): number {
    let waiting = this.#own.length
    for (const questions of this.#searches.values()) waiting += questions.length
    return waiting
  }

  /** Whether the question may wait. */
  add(question: Question): boolean {
    if (question.tenantId === undefined) {
      this.#own.push(question)
      return true
    }
    const waiting = this.#searches.get(question.tenantId) ?? []
    if (waiting.length >= maxWaiting) return false
    waiting.push(question)
    this.#searches.set(question.tenantId, waiting)
    return true
  }

  /** Takes back a question that was not asked yet; false where it was. */
  remove(question: Question): boolean {
    const waiting = question.tenantId === undefined ? this.#own : this.#searches.get(question.tenantId)
    const at = waiting?.indexOf(question) ?? -1
    if (at < 0) return false
    waiting?.splice(at, 1)
    return true
  }

  /** The question to ask now; undefined where none waits or enough are asked. */
  next(): Question | undefined {
    if (this.#asked >= maxAsked) return undefined
    const question = this.#own.shift() ?? this.#nextSearch()
    if (question) this.#asked += 1
    return question
  }

  /** Tells that a question was answered. */
  done(question: Question): void {
    this.#asked -= 1
    if (question.tenantId !== undefined) this.#searching -= 1
  }

  /** Takes out all that wait. */
  drain(): Question[] {
    const waiting = [...this.#own.splice(0), ...[...this.#searches.values()].flat()]
    this.#searches.clear()
    return waiting
  }

  #nextSearch(): Question | undefined {
    if (this.#searching >= maxSearches) return undefined
    for (const [tenantId, waiting] of this.#searches) {
      this.#searches.delete(tenantId)
      const question = waiting.shift()
      // Behind all others: a map keeps the order in which its keys were set.
      if (waiting.length > 0) this.#searches.set(tenantId, waiting)
      if (!question) continue
      this.#searching += 1
      return question
    }
    return undefined
  }
}
