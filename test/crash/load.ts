import { gzipSync } from 'node:zlib'
import type { Receipt } from 'keelson'
import type { Entry, Ledger } from './ledger.ts'
import type { Random } from './random.ts'

export const adminKey = 'bootstrap-key-of-the-crash-test'
export const tenants = ['acme', 'globex'] as const

/** Body and content type of a request that carries events. */
interface Carrier {
  readonly path: string
  readonly body: string | Uint8Array
  readonly headers?: Readonly<Record<string, string>>
}

interface BatchItem {
  readonly index: number
  readonly status: number
  readonly receipt?: Receipt
  readonly problem?: { readonly code: string }
}

/** Clients that send events as fast as they are answered, until the server is gone. */
export class Load {
  readonly #url: string
  readonly #ledger: Ledger
  readonly #random: Random
  readonly #round: number
  #isKilled = false
  #acknowledged = 0
  #awaited: { readonly count: number; readonly resolve: () => void } | undefined
  /** Requests that were cut off. */
  broken = 0

  constructor(options: {
    readonly url: string
    readonly ledger: Ledger
    readonly random: Random
    readonly round: number
  }) {
    this.#url = options.url
    this.#ledger = options.ledger
    this.#random = options.random
    this.#round = options.round
  }

  get acknowledged(): number {
    return this.#acknowledged
  }

  /** Says that requests may fail from now on. */
  killing(): void {
    this.#isKilled = true
  }

  /** Resolves when so many events are acknowledged. */
  reached(count: number): Promise<void> {
    return new Promise(resolve => {
      this.#awaited = { count, resolve }
    })
  }

  /** Runs all clients until each was cut off. */
  async run(): Promise<void> {
    const singles = [0, 1, 2, 3, 4, 5].map(() => this.#repeat(tenant => this.#sendSingle(tenant)))
    const batches = [0, 1].map(() => this.#repeat(tenant => this.#sendBatch(tenant)))
    const imports = this.#repeat(tenant => this.#sendImport(tenant))
    await Promise.all([...singles, ...batches, imports])
  }

  /** Sends these again and waits for the answers. */
  async settle(entries: readonly Entry[]): Promise<void> {
    for (const tenant of tenants) {
      const own = entries.filter(entry => entry.tenantId === tenant)
      for (let start = 0; start < own.length; start += 400)
        await this.#exchangeBatch(own.slice(start, start + 400), false)
    }
  }

  async #repeat(send: (tenant: string) => Promise<boolean>): Promise<void> {
    while (await send(this.#random.chance(0.6) ? tenants[0] : tenants[1])) {
      // Until it is cut off.
    }
  }

  async #sendSingle(tenant: string): Promise<boolean> {
    const entries = this.#ledger.take(tenant, 1, this.#round)
    const [entry] = entries as [Entry]
    const key: Record<string, string> = entry.eventId.endsWith('7')
      ? { 'idempotency-key': entry.eventId }
      : {}
    const carrier = { path: '/v1/events', body: JSON.stringify(entry.event), headers: key }
    const answer = await this.#exchange(entries, carrier)
    if (!answer) return false
    if (answer.status === 503) this.#ledger.giveBack(entries)
    else this.#acknowledge(entry, answer.status, answer.body as Receipt)
    return true
  }

  async #sendBatch(tenant: string): Promise<boolean> {
    const count = this.#random.chance(0.1) ? this.#random.integer(501, 700) : this.#random.integer(2, 60)
    return this.#exchangeBatch(this.#ledger.take(tenant, count, this.#round), this.#random.chance(0.5))
  }

  async #exchangeBatch(entries: readonly Entry[], asLines: boolean): Promise<boolean> {
    const type = asLines ? 'application/x-ndjson' : 'application/json'
    const body = asLines ? lines(entries) : JSON.stringify(entries.map(entry => entry.event))
    const answer = await this.#exchange(entries, {
      path: '/v1/events/batch',
      body,
      headers: { 'content-type': type },
    })
    if (!answer) return false
    const { results } = answer.body as { results: readonly BatchItem[] }
    if (results?.length !== entries.length)
      throw new Error(
        `A batch of ${entries.length} was answered ${answer.status} ${JSON.stringify(answer.body)}`,
      )
    for (const [at, { index, status, receipt, problem }] of results.entries()) {
      const entry = entries[at] as Entry
      if (index !== at) this.#ledger.faults.push(`result ${at} of a batch has the index ${index}`)
      if (problem?.code === 'store_busy') this.#ledger.giveBack([entry])
      else if (receipt) this.#acknowledge(entry, status, receipt)
      else this.#ledger.faults.push(`${entry.eventId}: refused with ${problem?.code}`)
    }
    return true
  }

  async #sendImport(tenant: string): Promise<boolean> {
    const entries = this.#ledger.take(tenant, this.#random.integer(50, 400), this.#round)
    const text = lines(entries)
    const body = this.#random.chance(0.3) ? gzipSync(text) : text
    const answer = await this.#exchange(entries, { path: '/v1/imports?format=keelson', body })
    if (!answer) return false
    const { stored, duplicates, refused } = answer.body as Record<string, number>
    if (answer.status !== 200 || refused !== 0)
      throw new Error(`An import was answered ${answer.status} ${JSON.stringify(answer.body)}`)
    this.#ledger.acknowledgeImport(entries, stored as number, duplicates as number)
    this.#count(entries.length)
    return true
  }

  /** The whole answer; undefined where the server went away before it had come. */
  async #exchange(
    entries: readonly Entry[],
    { path, body, headers = {} }: Carrier,
  ): Promise<{ readonly status: number; readonly body: unknown } | undefined> {
    const tenant = entries[0]?.tenantId as string
    const common = { authorization: `Bearer ${adminKey}`, 'keelson-tenant': tenant }
    try {
      const response = await fetch(this.#url + path, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...common, ...headers },
        body: body as NonNullable<RequestInit['body']>,
      })
      return { status: response.status, body: await response.json() }
    } catch (error) {
      if (!this.#isKilled) throw error
      this.broken += 1
      this.#ledger.giveBack(entries)
      return undefined
    }
  }

  #acknowledge(entry: Entry, status: number, receipt: Receipt): void {
    if (receipt.eventId !== entry.eventId)
      throw new Error(`${entry.eventId} was answered ${status} ${JSON.stringify(receipt)}`)
    this.#ledger.acknowledge(entry, status, receipt)
    this.#count(1)
  }

  #count(events: number): void {
    this.#acknowledged += events
    if (this.#awaited && this.#acknowledged >= this.#awaited.count) this.#awaited.resolve()
  }
}

const lines = (entries: readonly Entry[]): string =>
  entries.map(entry => `${JSON.stringify(entry.event)}\n`).join('')
