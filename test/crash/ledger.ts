import { hash } from 'node:crypto'
import type { JsonObject, Receipt } from 'keelson'
import type { Random } from './random.ts'

/** Where an event stands in the log, and how it is chained: must never change once it was told. */
export type Place = Omit<Receipt, 'eventId' | 'duplicate'>

/** An event that a client sent, and what the server said of it. */
export interface Entry {
  readonly eventId: string
  readonly tenantId: string
  readonly round: number
  readonly event: JsonObject
  /** Known from a receipt, or from reading after a restart. */
  place?: Place
  isAcknowledged: boolean
  /** Whether it was sent without an answer since the log was last read: it may be stored, and where is not known. */
  isOpen: boolean
}

export const placeNames = [
  'position',
  'sequence',
  'stream',
  'version',
  'recordedAt',
  'leafHash',
  'previousHash',
] as const satisfies readonly (keyof Place)[]

/** The first member in which two places differ. */
export function differingMember(a: Place, b: Place): string | undefined {
  return placeNames.find(name => a[name] !== b[name])
}

/** The clients' own book of what they sent, to hold the store against. */
export class Ledger {
  readonly entries = new Map<string, Entry>()
  /** Refutations by an answer; those by reading are found later. */
  readonly faults: string[] = []
  readonly #random: Random
  readonly #pending: Entry[] = []

  constructor(random: Random) {
    this.#random = random
  }

  get pending(): readonly Entry[] {
    return this.#pending
  }

  /** Entries of one tenant to send: some that no answer came for before, the others new. */
  take(tenantId: string, count: number, round: number): Entry[] {
    const taken: Entry[] = []
    for (let at = this.#pending.length - 1; at >= 0 && taken.length < count; at -= 1) {
      if (this.#pending[at]?.tenantId === tenantId && this.#random.chance(0.5))
        taken.push(...this.#pending.splice(at, 1))
    }
    while (taken.length < count) taken.push(this.#create(tenantId, round))
    return taken
  }

  /** No answer came for these, or one that asks to send again. */
  giveBack(entries: readonly Entry[]): void {
    for (const entry of entries) entry.isOpen = true
    this.#pending.push(...entries)
  }

  takeAllPending(): Entry[] {
    return this.#pending.splice(0)
  }

  acknowledge(entry: Entry, status: number, place: Place): void {
    const { eventId } = entry
    const expected = entry.place === undefined ? 201 : 200
    if (status !== expected && !(entry.isOpen && status === 200))
      this.faults.push(`${eventId}: answered ${status}, expected ${expected}`)
    const differing = entry.place && differingMember(entry.place, place)
    if (differing) this.faults.push(`${eventId}: ${differing} is not what it was`)
    entry.place ??= Object.fromEntries(placeNames.map(name => [name, place[name]])) as unknown as Place
    entry.isAcknowledged = true
  }

  /** An import answers with counts: all of them are stored, where is not told. */
  acknowledgeImport(entries: readonly Entry[], stored: number, duplicates: number): void {
    const known = entries.filter(entry => entry.place !== undefined).length
    const open = entries.filter(entry => entry.place === undefined && entry.isOpen).length
    const isFitting = duplicates >= known && duplicates <= known + open
    if (!isFitting || stored !== entries.length - duplicates)
      this.faults.push(
        `an import of ${entries.length}, ${known} of them stored before, stored ${stored} and passed over ${duplicates}`,
      )
    for (const entry of entries) entry.isAcknowledged = true
  }

  #create(tenantId: string, round: number): Entry {
    const number = this.entries.size + 1
    const eventId = `crash-${number}`
    const event = {
      eventId,
      source: 'crash-test',
      occurredAt: new Date(Date.UTC(2026, 0, 1) + number).toISOString(),
      ...(this.#random.chance(0.5) ? this.#subscription(eventId) : this.#auditEvent(round)),
    }
    const entry = { eventId, tenantId, round, event, isAcknowledged: false, isOpen: false }
    this.entries.set(eventId, entry)
    return entry
  }

  #subscription(eventId: string): JsonObject {
    const subscriptionId = `sub-${this.#random.integer(1, 20)}`
    return {
      eventType: 'SubscriptionActivated',
      payload: { subscriptionId, editionCode: hash('sha256', eventId) },
    }
  }

  /** Mostly small, some of many pages of the database. */
  #auditEvent(round: number): JsonObject {
    const length = this.#random.chance(0.1)
      ? this.#random.integer(4_000, 30_000)
      : this.#random.integer(0, 600)
    const text = String.fromCharCode(97 + this.#random.integer(0, 25)).repeat(length)
    return {
      eventType: 'AuditEventReceived',
      payload: {
        actor: { type: 'user', id: `user-${this.#random.integer(1, 9)}` },
        action: 'file.written',
        resource: { type: 'file', id: `file-${this.#random.integer(1, 9)}` },
        outcome: 'success',
        summary: `written in round${round}`,
        payload: { text, sha256: hash('sha256', text) },
      },
    }
  }
}
