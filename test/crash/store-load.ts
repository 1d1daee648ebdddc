import { setTimeout as pause } from 'node:timers/promises'
import type { CompleteEvent, EventStore, Receipt, RecordedEvent } from 'keelson'
import { verifyLog } from 'keelson'
import { sampleEvent } from 'keelson/testing'
import type { Random } from './random.ts'

const tenants = ['acme', 'globex', 'initech'] as const

/** An append that is sent until it is answered, always the same. */
interface Sent {
  readonly tenantId: string
  readonly stream: string
  readonly events: readonly CompleteEvent[]
  readonly idempotencyKey?: string
}

interface Waiter {
  readonly isReached: () => boolean
  readonly resolve: () => void
  readonly reject: (error: unknown) => void
}

export interface StoreLoadOptions {
  readonly random: Random
  /** Codes of refusals after which the same append is sent again. */
  readonly retried: readonly string[]
  /** Characters of text in an event, at most; default 300. */
  readonly maxText?: number
}

/** Callers that append straight to a store, and the book of what they were told. */
export class StoreLoad {
  readonly acknowledged = new Map<string, Receipt>()
  /** How often each code was the answer. */
  readonly refusals: Record<string, number> = {}
  readonly #random: Random
  readonly #retried: ReadonlySet<string>
  readonly #maxText: number
  readonly #sent = new Set<string>()
  readonly #unanswered: Sent[] = []
  readonly #awaited: Waiter[] = []
  #isStopped = false
  #failure: unknown

  constructor({ random, retried, maxText = 300 }: StoreLoadOptions) {
    this.#random = random
    this.#retried = new Set(retried)
    this.#maxText = maxText
  }

  /** Appends until it is stopped. With a refusal that was not to be expected it ends, and who waits for it fails. */
  async run(store: EventStore, callers: number): Promise<void> {
    this.#isStopped = false
    const call = async () => {
      while (!this.#isStopped) await this.#exchange(store, this.#unanswered.pop() ?? this.#create())
    }
    await Promise.all(Array.from({ length: callers }, call)).catch(error => {
      this.#failure = error
      this.#isStopped = true
      for (const { reject } of this.#awaited.splice(0)) reject(error)
    })
  }

  stop(): void {
    this.#isStopped = true
  }

  /** Resolves when so many more events are acknowledged. */
  more(count: number): Promise<void> {
    const goal = this.acknowledged.size + count
    return this.#when(() => this.acknowledged.size >= goal)
  }

  /** Resolves when one more append was refused with this code. */
  refused(code: string): Promise<void> {
    const before = this.refusals[code] ?? 0
    return this.#when(() => (this.refusals[code] ?? 0) > before)
  }

  /** Sends again what no answer came for, until all of it is acknowledged. */
  async settle(store: EventStore): Promise<void> {
    const deadline = Date.now() + 30_000
    while (this.#unanswered.length > 0 && Date.now() < deadline)
      await this.#exchange(store, this.#unanswered.pop() as Sent)
    if (this.#unanswered.length > 0) throw new Error(`not settled: ${JSON.stringify(this.refusals)}`)
  }

  /** What the log is in conflict with: the faults found, none where all is as promised. */
  async audit(store: EventStore): Promise<string[]> {
    if (this.#failure) throw this.#failure
    const faults = (await verifyLog(store)).faults.map(fault => JSON.stringify(fault))
    const found = new Set<string>()
    for await (const event of everyEvent(store)) {
      const { eventId } = event
      if (found.has(eventId)) faults.push(`${eventId}: stored twice`)
      if (!this.#sent.has(eventId)) faults.push(`${eventId}: was never sent`)
      found.add(eventId)
      const told = this.acknowledged.get(eventId)
      const differing = told && placeNames.find(name => told[name] !== event[name])
      if (differing) faults.push(`${eventId}: ${differing} is not what the receipt says`)
    }
    for (const eventId of this.acknowledged.keys())
      if (!found.has(eventId)) faults.push(`${eventId}: acknowledged and lost`)
    return faults.slice(0, 20)
  }

  async #exchange(store: EventStore, sent: Sent): Promise<void> {
    const { tenantId, stream, events, idempotencyKey } = sent
    const options = idempotencyKey === undefined ? {} : { idempotencyKey }
    try {
      const receipts = await store.append(tenantId, [{ stream, expected: 'any', events }], options)
      for (const receipt of receipts) this.acknowledged.set(receipt.eventId, receipt)
    } catch (error) {
      const { code } = error as { code?: string }
      if (code === undefined || !this.#retried.has(code)) throw error
      this.refusals[code] = (this.refusals[code] ?? 0) + 1
      this.#unanswered.push(sent)
      await pause(5)
    }
    this.#tell()
  }

  #create(): Sent {
    const tenantId = tenants[this.#random.integer(0, tenants.length - 1)] as string
    const stream = `s-${this.#random.integer(1, 20)}`
    const count = this.#random.chance(0.7) ? 1 : this.#random.integer(2, 20)
    const events = Array.from({ length: count }, () => {
      const text = 'x'.repeat(this.#random.integer(0, this.#maxText))
      return sampleEvent(tenantId, { payload: { text } })
    })
    for (const { envelope } of events) this.#sent.add(envelope.eventId)
    const idempotencyKey = this.#random.chance(0.3) ? (events[0]?.envelope.eventId as string) : undefined
    return { tenantId, stream, events, ...(idempotencyKey === undefined ? {} : { idempotencyKey }) }
  }

  #when(isReached: () => boolean): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.#failure) reject(this.#failure)
      this.#awaited.push({ isReached, resolve, reject })
    })
  }

  #tell(): void {
    for (const waiter of [...this.#awaited]) {
      if (!waiter.isReached()) continue
      this.#awaited.splice(this.#awaited.indexOf(waiter), 1)
      waiter.resolve()
    }
  }
}

/** Of every shard. */
async function* everyEvent(store: EventStore): AsyncGenerator<RecordedEvent> {
  for (let shard = 0; shard < store.capabilities.shards; shard += 1)
    yield* store.readAll({ tenantId: 'every tenant', shard })
}

const placeNames = [
  'position',
  'sequence',
  'stream',
  'version',
  'recordedAt',
  'leafHash',
  'previousHash',
] as const satisfies readonly (keyof Receipt)[]
