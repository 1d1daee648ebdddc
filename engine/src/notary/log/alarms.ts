import { toKeelsonError } from '../../core/index.ts'
import type { AlarmKind, NotaryAlarm } from './port.ts'

/** Tenants of whom it is remembered what was told, and things that are told of one. */
const mostTenants = 10_000
const mostOfOne = 10

/** Tells each thing of a tenant once, until it is over; and nothing more of whom there are too many. */
export class Alarms {
  readonly #onAlarm: (alarm: NotaryAlarm) => void
  readonly #told = new Map<string, Set<string>>()
  #isFull = false

  constructor(onAlarm: (alarm: NotaryAlarm) => void) {
    this.#onAlarm = onAlarm
  }

  /** `what` is in words, or an error. */
  tell(kind: AlarmKind, tenantId: string, what: unknown): void {
    const message = typeof what === 'string' ? what : toKeelsonError(what).message
    const told = this.#told.get(tenantId) ?? new Set()
    if (told.has(message) || told.size >= mostOfOne) return
    if (told.size === 0 && this.#told.size >= mostTenants) this.#tellOfMany(kind)
    else {
      this.#told.set(tenantId, told.add(message))
      this.#onAlarm({ kind, tenantId, message })
    }
  }

  /** What was told of the tenant is over: it is told again when it comes again. */
  over(tenantId: string): void {
    this.#told.delete(tenantId)
    if (this.#told.size < mostTenants) this.#isFull = false
  }

  #tellOfMany(kind: AlarmKind): void {
    if (this.#isFull) return
    this.#isFull = true
    const message = `There are alarms of more than ${mostTenants} logs; of others nothing is told until some are over`
    this.#onAlarm({ kind, tenantId: undefined, message })
  }
}
