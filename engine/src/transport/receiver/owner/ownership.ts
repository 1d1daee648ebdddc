import type { JsonObject, JsonValue } from '../../../core/index.ts'
import { isJsonObject, KeelsonError, platformTenant } from '../../../core/index.ts'
import type { EventStore, UnitOfWork } from '../../../store/index.ts'
import type { Alarm } from '../../alarm.ts'
import { ownerCollection } from '../../record/collections.ts'
import type { OwnerGroup } from '../owner-group.ts'
import type { ProgressSnapshot } from './progress.ts'
import { everyKey } from './shelves.ts'

/** The document of a partition: who owns it until when, and what the owner leaves to the next. */
export interface OwnerRecord {
  /** Empty where nobody owns it. */
  readonly owner: string
  /** Milliseconds since the epoch. */
  readonly until: number
  /** One more with each commit of this owner. */
  readonly step: number
  readonly progress: ProgressSnapshot | undefined
  readonly kept: JsonValue | undefined
}

export interface OwnershipOptions {
  readonly partition: string
  readonly owner: string
  /** What the keys of events come from: of shelved ones the document names the keys alone. */
  readonly keying: string
  /** Milliseconds. */
  readonly leaseTime: number
  readonly alarm: Alarm
  /** The other owners of this process. */
  readonly group: OwnerGroup
  /** Ends every wait. */
  readonly signal: AbortSignal
}

export type OwnedUnit = Omit<UnitOfWork, 'scope'>

/**
 * One owner of a partition at a time. Each commit of the owner carries the next revision of the partition's document,
 * so whoever was overtaken, however late it notices, changes nothing any more.
 */
export class Ownership {
  readonly #store: EventStore
  readonly #options: OwnershipOptions
  readonly #scope: UnitOfWork['scope']
  #revision = 0
  #step = 0
  #until = 0
  /** Step of the newest commit; undefined before the first. */
  #left: number | undefined
  /** Whether the database may forget the newest commit when it crashes. */
  #isRelaxed = false
  /** What the database came back with, where it has forgotten commits of this owner and nobody else has come. */
  #older: { readonly record: OwnerRecord; readonly revision: number } | undefined

  constructor(store: EventStore, scope: UnitOfWork['scope'], options: OwnershipOptions) {
    this.#store = store
    this.#scope = scope
    this.#options = options
  }

  /** Until when nobody else may own it, whatever the database forgets in a crash; in milliseconds since the epoch. */
  get until(): number {
    return this.#until
  }

  /** What the document says; undefined where the subscription has never run. */
  async read(): Promise<{ readonly record: OwnerRecord; readonly revision: number } | undefined> {
    const found = await this.#store.document(platformTenant, ownerCollection, this.#options.partition)
    return found && { record: readOwner(found.value, this.#options.keying), revision: found.revision }
  }

  /** Owns the partition as soon as nobody else does; false where the signal aborts before. */
  async acquire(
    signal: AbortSignal,
    begin: () => Promise<Pick<OwnedUnit, 'checkpoint'>>,
  ): Promise<OwnerRecord | undefined> {
    const { alarm, leaseTime, group } = this.#options
    while (!signal.aborted) {
      const { releases } = group
      const found = await this.read()
      const left = found === undefined ? 0 : found.record.until - alarm.now()
      if (left > 0 && found?.record.owner !== '' && found?.record.owner !== this.#options.owner) {
        const wait = Math.min(left, leaseTime / 4, longestWait)
        if (group.releases === releases) await group.waitForRelease(wait, alarm, signal)
        continue
      }
      this.#revision = found?.revision ?? 0
      this.#left = undefined
      const record = found?.record ?? { ...nobody }
      try {
        await this.commit(found === undefined ? await begin() : {}, record.progress, record.kept)
        return record
      } catch (error) {
        if (!(error instanceof KeelsonError && error.code === 'subscription_lost')) throw error
      }
    }
    return undefined
  }

  /**
   * Carries out a unit as the owner.
   * @throws KeelsonError `subscription_lost` where somebody else owns the partition; else what the store throws, and then
   * nothing of the unit was carried out.
   */
  async commit(
    unit: OwnedUnit,
    progress: ProgressSnapshot | undefined,
    kept: JsonValue | undefined,
  ): Promise<void> {
    const until = this.#options.alarm.now() + this.#options.leaseTime
    const { owner } = this.#options
    await this.#write(unit, { owner, until, step: this.#nextStep(), progress, kept })
    this.#isRelaxed = unit.durability === 'relaxed'
    if (!this.#isRelaxed) this.#until = until
  }

  /** Lets the next one own it at once. */
  async release(
    unit: Pick<OwnedUnit, 'checkpoint'>,
    progress: ProgressSnapshot | undefined,
    kept: JsonValue | undefined,
  ): Promise<void> {
    await this.#write(unit, { owner: '', until: 0, step: this.#nextStep(), progress, kept })
    this.#options.group.released()
  }

  /** Lets the next one own at once what this owner has lost because the database has forgotten commits of it. */
  async giveUp(): Promise<void> {
    if (this.#older === undefined) return
    const { record, revision } = this.#older
    this.#older = undefined
    const value = ownerToJson({ ...record, owner: '', until: 0 }, this.#options.keying)
    const id = this.#options.partition
    const change = { tenantId: platformTenant, collection: ownerCollection, id, value, expected: revision }
    await this.#options.group.commit({ scope: this.#scope, documents: [change] })
    this.#options.group.released()
  }

  /** Never the same again, so that a commit is told from every other. */
  #nextStep(): number {
    this.#step += 1
    return this.#step
  }

  async #write(unit: OwnedUnit, record: OwnerRecord): Promise<void> {
    // A database that has forgotten it may have let another own the partition, who came to the same revision.
    if (this.#isRelaxed && this.#options.alarm.now() >= this.#until) await this.#isWritten(record.step)
    const change = {
      tenantId: platformTenant,
      collection: ownerCollection,
      id: this.#options.partition,
      value: ownerToJson(record, this.#options.keying),
      expected: this.#revision,
    }
    const whole = { ...unit, documents: [change, ...(unit.documents ?? [])], scope: this.#scope }
    for (let tries = 1; ; tries += 1) {
      try {
        await this.#options.group.commit(whole)
        break
      } catch (error) {
        // Where the answer got lost and not the commit, it is done.
        if (await this.#isWritten(record.step)) break
        if (!isAway(error) || tries >= mostTries) throw error
        await this.#options.alarm.wait(pause(tries), this.#options.signal)
      }
    }
    this.#revision += 1
    this.#left = record.step
  }

  /** Whether a commit that failed took effect all the same; waits for the database where it is away. */
  async #isWritten(step: number): Promise<boolean> {
    const found = await this.#readPatiently()
    const isBy = (one: number) => found?.record.owner === this.#options.owner && found.record.step === one
    const revision = found?.revision ?? 0
    if (revision === this.#revision && (this.#left === undefined || isBy(this.#left))) return false
    if (revision === this.#revision + 1 && isBy(step)) return true
    if (revision < this.#revision && found?.record.owner === this.#options.owner) this.#older = found
    throw new KeelsonError('subscription_lost', undefined, { owner: found?.record.owner ?? '' })
  }

  async #readPatiently(): ReturnType<Ownership['read']> {
    const { alarm, signal } = this.#options
    for (let tries = 1; ; tries += 1) {
      try {
        return await this.read()
      } catch (error) {
        if (!isAway(error) || signal.aborted) throw error
        await alarm.wait(pause(tries), signal)
      }
    }
  }
}

/** The database is away or overloaded: nothing is wrong with the unit. */
const isAway = (error: unknown): boolean =>
  error instanceof KeelsonError && error.status === 503 && error.code !== 'store_closed'

/** A unit that fails as if the database were away, while it is there, is at fault itself. */
const mostTries = 5

/** Milliseconds after which it is looked whether another process has given the partition up. */
const longestWait = 1_000

const pause = (tries: number): number => Math.min(1_000, 20 * 2 ** Math.min(tries, 10))

const nobody: OwnerRecord = { owner: '', until: 0, step: 0, progress: undefined, kept: undefined }

function ownerToJson({ owner, until, step, progress, kept }: OwnerRecord, keying: string): JsonObject {
  return {
    owner,
    until,
    step,
    ...(progress === undefined ? {} : { high: progress.high, open: [...progress.open] }),
    ...(progress?.deferred === undefined ? {} : { deferred: progress.deferred.map(one => [...one]) }),
    ...(progress?.shelved === undefined ? {} : { keying, shelved: progress.shelved.map(one => [...one]) }),
    ...(kept === undefined ? {} : { kept }),
  }
}

function readOwner(value: JsonValue, keying: string): OwnerRecord {
  if (!isJsonObject(value)) return nobody
  const { owner, until, step, kept } = value
  return {
    owner: typeof owner === 'string' ? owner : '',
    until: typeof until === 'number' ? until : 0,
    step: typeof step === 'number' ? step : 0,
    progress: readProgress(value, keying),
    kept,
  }
}

function readProgress(value: JsonObject, keying: string): ProgressSnapshot | undefined {
  const { high, open, deferred } = value
  if (typeof high !== 'number' || !Array.isArray(open)) return undefined
  const positions = open.filter(position => typeof position === 'number')
  let shelved = readPlaces(value['shelved'])
  // Events have other keys by now: none of them may be lost, so what was done among them comes again.
  if (shelved.length > 0 && value['keying'] !== keying)
    shelved = [[everyKey, Math.min(...shelved.map(([, from]) => from))]]
  return { high, open: positions, deferred: readPlaces(deferred), shelved }
}

/** Names with a position each; what is none of these is left out. */
function readPlaces(value: JsonValue | undefined): readonly (readonly [name: string, position: number])[] {
  return (Array.isArray(value) ? (value as JsonValue[]) : []).flatMap((one): [string, number][] => {
    const [name, position] = Array.isArray(one) ? (one as JsonValue[]) : []
    return typeof name === 'string' && typeof position === 'number' ? [[name, position]] : []
  })
}
