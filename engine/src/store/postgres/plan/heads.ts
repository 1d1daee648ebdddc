import { zeroHash } from '../../../proof/index.ts'
import type { StreamHead, TenantHead } from '../../append/log.ts'

/** How a stream's state stands in the database. */
export const streamStates = ['open', 'sealed', 'tombstoned'] as const

export interface TypeHead {
  readonly id: number
  readonly topic: string
}

/** A place in a shard's log: nobody has written since if the head still stands there. */
export interface LogPlace {
  readonly position: number
  readonly mark: number
}

const maxCached = 50_000

/**
 * What a process remembers of a shard: where its log ends, and heads of tenants and streams. All of it is as it was
 * at `place`, or will be there once the batches in flight are stored; it is worth something only if the database
 * finds the place unchanged when it is used.
 */
export class Heads {
  /** undefined where nothing is known. */
  place: LogPlace | undefined
  readonly tenants = new Map<string, TenantHead>()
  readonly types = new Map<string, TypeHead>()
  readonly #streams = new Map<string, StreamHead>()

  stream(tenantId: string, name: string): StreamHead | undefined {
    return this.#streams.get(join(tenantId, name))
  }

  setStream(tenantId: string, head: StreamHead): void {
    this.#streams.set(join(tenantId, head.name), head)
  }

  /** Begins anew at a place. */
  adopt(place: LogPlace): void {
    this.forget()
    this.place = place
  }

  forget(): void {
    this.place = undefined
    this.tenants.clear()
    this.types.clear()
    this.#streams.clear()
  }

  get isFull(): boolean {
    return this.#streams.size + this.tenants.size + this.types.size > maxCached
  }

  /** Makes room where too much is remembered; only while no batch is in flight, whose heads the database lacks yet. */
  trim(): void {
    if (!this.isFull) return
    const { place } = this
    this.forget()
    this.place = place
  }
}

export function newTenantHead(name: string, id: number): TenantHead {
  return { id, name, size: 0, hash: zeroHash, time: 0, position: 0 }
}

function join(tenantId: string, name: string): string {
  return `${tenantId}\n${name}`
}
