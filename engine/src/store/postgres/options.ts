import type { Clock } from '../../core/index.ts'
import { KeelsonError } from '../../core/index.ts'
import type { PostgresPool } from './connection/pool.ts'

export interface PostgresStoreOptions {
  /** A pool of the store's own, see {@link PostgresPool}; it is its maker's to end, after the store was closed. */
  readonly pool: PostgresPool
  /** Number of shards of a new store, 1 to 256, default 1; an existing one keeps its own and refuses another. */
  readonly shards?: number
  /**
   * Role without rights of its own that all work is done under; made at the first start. Default `keelson_app`. What
   * products ask in SQL is done under a second one, whose name has `_guest` behind it.
   */
  readonly applicationRole?: string
  /** `fsync` (default): what is acknowledged survives a power cut. `relaxed`: the last moments may be lost then. */
  readonly durability?: 'fsync' | 'relaxed'
  /** Largest event in bytes of canonical JSON; default 256 KiB. */
  readonly maxEventBytes?: number
  /** Events of a shard that may wait before `store_busy` is the answer; default 40,000 and 96 MiB. */
  readonly maxWaitingEvents?: number
  readonly maxWaitingBytes?: number
  /** Positions in a partition of a new store; default 10 million. */
  readonly partitionSize?: number
  readonly clock?: Clock
}

const bounds = {
  shards: [1, 256],
  partitionSize: [10, Number.MAX_SAFE_INTEGER],
  maxEventBytes: [1, 64 * 1024 * 1024],
  maxWaitingEvents: [1, Number.MAX_SAFE_INTEGER],
  maxWaitingBytes: [1, Number.MAX_SAFE_INTEGER],
} as const

/** The guest's name, with `_guest` behind it, has to have room too. */
const rolePattern = /^[a-z_][a-z0-9_]{0,56}$/

/** @throws KeelsonError `store_failed` without a pool; TypeError naming all else that is wrong. */
export function checkOptions(options: PostgresStoreOptions): void {
  const { pool } = options as Partial<PostgresStoreOptions>
  if (typeof pool?.connect !== 'function')
    throw new KeelsonError(
      'store_failed',
      'There is no pool to open the store on: pass { pool: new pg.Pool({ connectionString }) }',
    )
  const faults: string[] = []
  for (const [name, [least, most]] of Object.entries(bounds)) {
    const value = options[name as keyof typeof bounds]
    if (value !== undefined && !(Number.isSafeInteger(value) && value >= least && value <= most))
      faults.push(`${name} is "${String(value)}", not a whole number from ${least} to ${most}`)
  }
  const { applicationRole: role, durability } = options
  if (role !== undefined && !rolePattern.test(role))
    faults.push(`applicationRole is "${role}", not up to 57 of a-z 0-9 _`)
  if (durability !== undefined && durability !== 'fsync' && durability !== 'relaxed')
    faults.push(`durability is "${String(durability)}", neither fsync nor relaxed`)
  if (faults.length > 0) throw new TypeError(`Of the store's options, ${faults.join('; ')}`)
}
