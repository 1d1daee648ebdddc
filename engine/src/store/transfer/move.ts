import { KeelsonError } from '../../core/index.ts'
import type { Difference } from './compare.ts'
import { compareTable } from './compare.ts'
import { copyLog } from './copy-log.ts'
import { fingerprintOf, isMovedCheckpoint, isMovedDocument, readMark, writeMark } from './move-mark.ts'
import type { StoreReader, StoreTarget, TableChange } from './port.ts'
import type { StoreRows, TableName } from './rows.ts'

export interface MoveProgress {
  readonly part: 'copy' | 'compare'
  /** Events, over all shards. */
  readonly done: number
  readonly total: number
}

export interface MoveOptions {
  readonly signal?: AbortSignal
  readonly onProgress?: (progress: MoveProgress) => void
}

export interface MoveReport {
  readonly from: string
  readonly to: string
  readonly events: number
  /** Events that this call copied; the others were there from an earlier one. */
  readonly copied: number
  /** Rows that were compared, by table. */
  readonly rows: Readonly<Partial<Record<TableName, number>>>
  /** Whether the target has all of the source. Not so where others may still write to the source: it goes on then. */
  readonly isFinished: boolean
}

/** Tables beside the log that are small enough to be brought up to date by comparing. */
const heads = ['tenant', 'stream', 'type'] as const
const log = ['event', 'eventId', 'link', 'key'] as const

/**
 * Copies a store into an empty one, with every position, sequence, version, hash, blind, body, receipt and key as it
 * is, and compares all of it afterwards. Cut off anywhere, the next call goes on; what the source got since, it gets.
 *
 * @throws KeelsonError `move_refused` where the target is another store or in use, or cannot have the same positions.
 */
export async function moveStore(
  source: StoreReader,
  target: StoreTarget,
  options: MoveOptions = {},
): Promise<MoveReport> {
  await checkTarget(source, target)
  await writeMark(target, { state: 'copying' })
  const ends: number[] = []
  for (const shard of shardsOf(source)) ends.push(await source.head(shard))
  const events = ends.reduce((sum, end) => sum + end, 0)
  const move = new Move(source, target, events, options)
  let copied = 0
  for (const shard of shardsOf(source)) {
    const from = await target.head(shard)
    await copyLog(source, target, shard, from, position => {
      options.signal?.throwIfAborted()
      move.tell('copy', copied + position - from, events)
    })
    copied += (ends[shard] as number) - from
  }
  await move.sync(heads, true)
  await move.syncShared(true)
  const rows = source.isExclusive ? await move.verify() : {}
  if (source.isExclusive)
    await writeMark(target, { state: 'finished', fingerprint: await fingerprintOf(target) })
  await target.settle()
  return {
    from: source.location,
    to: target.location,
    events,
    copied,
    rows,
    isFinished: source.isExclusive,
  }
}

class Move {
  readonly #source: StoreReader
  readonly #target: StoreTarget
  readonly #events: number
  readonly #options: MoveOptions
  #rows: Partial<Record<TableName, number>> = {}

  constructor(source: StoreReader, target: StoreTarget, events: number, options: MoveOptions) {
    this.#source = source
    this.#target = target
    this.#events = events
    this.#options = options
  }

  tell(part: MoveProgress['part'], done: number, total: number): void {
    this.#options.onProgress?.({ part, done, total })
  }

  /** Compares everything; what differs is brought up to date once, and must be the same then. */
  async verify(): Promise<Readonly<Partial<Record<TableName, number>>>> {
    for (const repairs of [true, false]) {
      this.#rows = {}
      const differing =
        (await this.sync(heads, repairs)) + (await this.sync(log, repairs)) + (await this.syncShared(repairs))
      if (differing === 0) return this.#rows
    }
    throw new KeelsonError(
      'store_failed',
      `${this.#target.location} does not keep what is written to it: rows differ after they were copied twice`,
    )
  }

  /** Brings tables of every shard up to date; gives the number of rows that differed. */
  async sync(
    tables: readonly ((typeof heads)[number] | (typeof log)[number])[],
    repairs: boolean,
  ): Promise<number> {
    let differing = 0
    for (const shard of shardsOf(this.#source))
      for (const table of tables) differing += await this.#table(table, shard, repairs)
    return differing
  }

  async syncShared(repairs: boolean): Promise<number> {
    return (
      (await this.#table('checkpoint', 0, repairs, isMovedCheckpoint)) +
      (await this.#table('document', 0, repairs, isMovedDocument))
    )
  }

  async #table<T extends TableName>(
    table: T,
    shard: number,
    repairs: boolean,
    belongs?: (row: StoreRows[T]) => boolean,
  ): Promise<number> {
    let differing = 0
    let compared = 0
    for await (const part of compareTable(table, shard, this.#source, this.#target, belongs)) {
      this.#options.signal?.throwIfAborted()
      differing += part.missing.length + part.surplus.length
      compared = part.compared
      if (table === 'event') this.tell('compare', compared, this.#events)
      if (repairs && part.missing.length + part.surplus.length > 0)
        await this.#target.write(shard, [toChange(table, part)])
    }
    this.#rows[table] = (this.#rows[table] ?? 0) + compared
    return differing
  }
}

const toChange = <T extends TableName>(table: T, { missing, surplus }: Difference<T>): TableChange<T> => ({
  table,
  put: missing,
  remove: surplus,
})

const shardsOf = (store: StoreReader): number[] => Array.from({ length: store.shards }, (_, shard) => shard)

/** The target is empty, or what an earlier move of this source has left; the source is whole. */
async function checkTarget(source: StoreReader, target: StoreTarget): Promise<void> {
  if (source.kind === target.kind && source.identity === target.identity)
    throw refused(`${source.location} and ${target.location} are the same store`)
  if ((await readMark(source))?.state === 'copying')
    throw new KeelsonError('move_unfinished', `A move into ${source.location} has not finished`)
  if (source.shards !== target.shards)
    throw refused(
      `${source.location} has ${source.shards} shards with positions of their own, ${target.location} has ${target.shards}: positions can only stay as they are where both have the same number`,
    )
  const mark = await readMark(target)
  if (mark === undefined) {
    if (await isEmpty(target)) return
    throw refused(`${target.location} holds a store of its own: name an empty one`)
  }
  if (mark.state === 'finished' && mark.fingerprint !== (await fingerprintOf(target)))
    throw refused(`${target.location} was moved to before and has been written to since: name an empty one`)
  for (const shard of shardsOf(source)) {
    const end = await target.head(shard)
    if (end === 0) continue
    const [[there], [here]] = [await target.events(shard, [end]), await source.events(shard, [end])]
    // Leaves are chained and blinded at random, so that the same hash means the same log up to here.
    if (there === undefined || there.leafHash !== here?.leafHash)
      throw refused(`${target.location} holds what was moved from another store: name an empty one`)
  }
}

async function isEmpty(target: StoreTarget): Promise<boolean> {
  for (const shard of shardsOf(target)) if ((await target.head(shard)) > 0) return false
  for await (const page of target.scan('document')) if (page.length > 0) return false
  return true
}

const refused = (message: string): KeelsonError => new KeelsonError('move_refused', message)
