import { KeelsonError, platformTenant, toKeelsonError } from '../../core/index.ts'
import { policyText } from '../../proof/index.ts'
import type { EventStore } from '../../store/index.ts'
import { shardOf } from '../../store/index.ts'
import { deletedLogs } from '../keys/index.ts'
import { WitnessClient } from '../witness/witness-client.ts'
import { Alarms } from './alarms.ts'
import { lostLog } from './memory/lost-logs.ts'
import type { RememberedHead } from './memory/port.ts'
import { logId } from './memory/port.ts'
import { RememberedHeads } from './memory/remembered-heads.ts'
import type { NotaryOptions, SettledOptions } from './options.ts'
import { settle } from './options.ts'
import type { LogKeys, LogStatus, MetaProof, Notary } from './port.ts'
import { LogReader } from './proof/log-reader.ts'
import { PublishedLog } from './proof/published-log.ts'
import { Endorser } from './publish/endorser.ts'
import { ForkEvents } from './publish/fork-events.ts'
import { MetaLog } from './publish/meta-log.ts'
import { LogNames } from './tree/log-names.ts'
import { LogSigner } from './tree/log-signer.ts'
import type { TreeState } from './tree/log-state.ts'
import { ShardFollower } from './tree/shard-follower.ts'
import { TreeCache } from './tree/tree-cache.ts'

/** Logs that are held to what is remembered of them in one round. */
const heldAtOnce = 32
/** Milliseconds until a log that is forked is looked at again. */
const forkedPause = 60_000
const firstPause = 500
const longestPause = 30_000

/** Keeps the trees of a store's logs in documents beside them, and signs their heads. */
export class LogNotary implements Notary {
  readonly #store: EventStore
  readonly #keys: LogKeys
  readonly #options: SettledOptions
  readonly #reader: LogReader
  readonly #trees: TreeCache
  readonly #signer: LogSigner
  readonly #followers: readonly ShardFollower[]
  readonly #published: PublishedLog
  readonly #endorser: Endorser
  readonly #meta: MetaLog | undefined
  readonly #heads: RememberedHeads
  readonly #forks: ForkEvents
  /** Tenants whose logs are still to be held to what is remembered of them; undefined before the first round. */
  #unheld: string[] | undefined
  /** Heads that were signed and are not remembered yet. */
  readonly #moved = new Map<string, RememberedHead>()
  readonly #names: LogNames
  /** Why a log is forked, and when it is looked at again. */
  readonly #forked = new Map<string, { readonly reason: string; until: number }>()
  readonly #alarms: Alarms
  readonly #stop = new AbortController()
  /** What works on trees goes one after the other. */
  #turn: Promise<unknown> = Promise.resolve()
  #running: Promise<unknown> | undefined
  #closed: Promise<void> | undefined
  #wake = new AbortController()

  constructor(store: EventStore, keys: LogKeys, options: NotaryOptions) {
    this.#store = store
    this.#keys = keys
    this.#options = settle(options)
    const { clock, witnesses, timestampAuthority, record, onAlarm } = this.#options
    this.#alarms = new Alarms(onAlarm)
    this.#names = new LogNames(keys, this.#options.logName)
    this.#reader = new LogReader(store)
    this.#heads = new RememberedHeads({
      clock,
      memory: this.#options.heads,
      recorded: async () => (await this.#meta?.heads()) ?? new Map(),
      onFault: message => onAlarm({ kind: 'heads-unkept', tenantId: undefined, message }),
    })
    this.#trees = new TreeCache(store, keys, this.#options.trees, {
      remembered: tenantId => this.remembered(tenantId),
      consistency: (tenantId, from, to) => this.#reader.consistency(tenantId, from, to),
    })
    this.#forks = new ForkEvents({
      clock,
      record,
      again: tenantId => this.#lookAgain(tenantId),
      onFault: (tenantId, error) => this.#alarms.tell('signing-failed', tenantId, error),
    })
    const clients = witnesses.map(one => new WitnessClient(one, { timeout: this.#options.witnessTimeout }))
    this.#published = new PublishedLog(store, keys, this.#reader, {
      witnesses: clients,
      quorum: this.#options.quorum,
    })
    this.#endorser = new Endorser(store, this.#reader, {
      ...this.#options,
      witnesses: clients,
      authority: timestampAuthority,
      originOf: tenantId => this.#names.origin(tenantId),
      onFault: (tenantId, error) => this.#alarms.tell('signing-failed', tenantId, error),
    })
    this.#signer = new LogSigner(store, keys, this.#trees, {
      clock,
      wantsWitnesses: witnesses.length > 0,
      stampEvery: timestampAuthority && this.#options.timestampEvery,
      onSigned: (tenantId, { tree }) => this.#onSigned(tenantId, tree),
    })
    this.#followers = Array.from(
      { length: store.capabilities.shards },
      (_, shard) =>
        new ShardFollower(store, this.#trees, this.#signer, shard, {
          ...this.#options,
          onForked: (tenantId, error) => this.#onForked(tenantId, error),
          onBlocked: (tenantId, error) => this.#alarms.tell('signing-failed', tenantId, error),
          onSignedElsewhere: tenantId => this.#meta?.note(tenantId),
        }),
    )
    const leads = () => [...this.#followers.keys()].filter(shard => this.#followers[shard]?.isLeading)
    this.#meta =
      record &&
      new MetaLog(store, this.#reader, {
        clock,
        every: this.#options.recordEvery,
        after: this.#options.recordAfter,
        names: this.#names,
        record,
        onUnread: (tenantId, error) => this.#onUnread(tenantId, error),
        leads,
      })
  }

  start(): void {
    this.#running ??= Promise.all([this.#follow(), this.#endorse()])
  }

  close(): Promise<void> {
    this.#closed ??= this.#close()
    return this.#closed
  }

  /** Reads and signs what there is to do now; `all` also what could wait. Gives whether there is more to read. */
  round(all = false): Promise<boolean> {
    return this.#inTurn(async () => {
      let isMore = false
      const failures: unknown[] = []
      for (const follower of this.#followers)
        isMore = (await follower.step(all).catch(error => void failures.push(error))) || isMore
      if (failures.length > 0) throw failures[0]
      isMore = (await this.#holdSome()) || isMore
      await this.#remember(all)
      await this.#forks.step()
      await this.#mend()
      await this.#meta?.step().catch(error => this.#alarms.tell('signing-failed', platformTenant, error))
      return isMore
    })
  }

  /** Asks witnesses and the time stamp authority for what is due. */
  endorse(): Promise<boolean> {
    return this.#endorser.round(this.#stop.signal)
  }

  async status(tenantId: string): Promise<LogStatus> {
    const reason = this.#forked.get(tenantId)?.reason
    return {
      origin: (await this.#names.anew(tenantId))?.origin ?? this.#names.origin(tenantId),
      state: reason === undefined ? this.#state(tenantId) : 'forked',
      reason,
      ...(await this.#published.view(tenantId)),
    }
  }

  checkpoint(tenantId: string, size?: number): Promise<string | undefined> {
    return this.#published.checkpoint(tenantId, size)
  }

  checkpoints(
    tenantId: string,
    { before, limit }: { readonly before?: number; readonly limit: number },
  ): Promise<readonly { readonly size: number; readonly at: string }[]> {
    return this.#published.checkpoints(tenantId, limit, before)
  }

  async checkpointNow(tenantId: string): Promise<string> {
    await this.#inTurn(() => this.#signer.signNow(tenantId)).catch(error => {
      if (error instanceof KeelsonError && error.code === 'log_forked') this.#onForked(tenantId, error)
      throw error
    })
    const note = await this.checkpoint(tenantId)
    if (note === undefined) throw new KeelsonError('checkpoint_pending', 'The log has no entry yet')
    return note
  }

  timestamp(tenantId: string, size: number): Promise<Uint8Array | undefined> {
    return this.#published.timestamp(tenantId, size)
  }

  stampedBefore(tenantId: string, size: number): Promise<number | undefined> {
    return this.#published.stampedBefore(tenantId, size)
  }

  tile(tenantId: string, path: string): Promise<Uint8Array | undefined> {
    return this.#reader.tile(tenantId, path)
  }

  async inclusion(tenantId: string, index: number, size: number): Promise<readonly string[]> {
    return this.#reader.inclusion(tenantId, index, size)
  }

  async consistency(tenantId: string, from: number, to: number): Promise<readonly string[]> {
    return this.#reader.consistency(tenantId, from, to)
  }

  async eventProof(tenantId: string, eventId: string): Promise<string> {
    const event = await this.#store.readEvent(tenantId, eventId)
    if (!event) throw new KeelsonError('event_not_found')
    if ((await this.#published.size(tenantId)) <= event.sequence) await this.checkpointNow(tenantId)
    return this.#published.prove(tenantId, event)
  }

  async policy(tenantId: string): Promise<string> {
    // The log's first key is made when it is asked for.
    await this.#keys.logKey(tenantId)
    return policyText(await this.#published.policy(tenantId))
  }

  async remembered(tenantId: string): Promise<RememberedHead | undefined> {
    return this.#heads.of(tenantId, async () => (await this.#names.anew(tenantId))?.keyId)
  }

  async metaProof(tenantId: string): Promise<MetaProof | undefined> {
    return this.#meta?.proof(tenantId)
  }

  forget(tenantId: string): Promise<void> {
    return this.#inTurn(async () => {
      this.#trees.drop(tenantId)
      for (const follower of this.#followers) follower.forget(tenantId)
      this.#endorser.forget(tenantId)
      this.#forked.delete(tenantId)
      this.#forks.forget(tenantId)
      this.#alarms.over(tenantId)
      this.#names.forget(tenantId)
      this.#moved.delete(tenantId)
      this.#heads.forget(tenantId)
      await this.#heads.step(true)
      await this.#meta?.forget(tenantId)
    })
  }

  #state(tenantId: string): LogStatus['state'] {
    if (!this.#running || this.#stop.signal.aborted) return 'stopped'
    return this.#followerOf(tenantId)?.isStandby ? 'standby' : 'following'
  }

  #followerOf(tenantId: string): ShardFollower | undefined {
    return this.#followers[shardOf(tenantId, this.#followers.length)]
  }

  /** Why a log is forked still when its tree is read again; where it is not any more, it is signed again. */
  async #lookAgain(tenantId: string): Promise<string | undefined> {
    this.#trees.drop(tenantId)
    try {
      await this.#signer.catchUp(await this.#trees.get(tenantId))
    } catch (error) {
      // A leaf that is none.
      if (error instanceof TypeError) return error.message
      if (error instanceof KeelsonError && error.code === 'log_forked') return error.message
      throw error
    } finally {
      this.#trees.drop(tenantId)
    }
    this.#onMended(tenantId)
    return undefined
  }

  /** Goes on with logs that are as they were signed again, as after a restore; some are looked at at a time. */
  async #mend(): Promise<void> {
    const now = this.#options.clock.now()
    const due = [...this.#forked].filter(([, { until }]) => until <= now).slice(0, heldAtOnce)
    for (const [tenantId, fork] of due) {
      fork.until = now + forkedPause
      // What cannot be read now is looked at later.
      await this.#lookAgain(tenantId).catch(() => undefined)
    }
  }

  /**
   * Holds logs to what is remembered of them, some at a time after the start: also those that nothing comes into any more.
   * Gives whether there are more.
   */
  async #holdSome(): Promise<boolean> {
    this.#unheld ??= [...(await this.#heads.tenants())]
    const some = this.#unheld.splice(0, heldAtOnce)
    await Promise.all(
      some.map(tenantId =>
        this.#hold(tenantId).catch(error => {
          // What cannot be read now is held when its tree is read the next time.
          if (error instanceof KeelsonError && error.code === 'log_forked') this.#onForked(tenantId, error)
        }),
      ),
    )
    return this.#unheld.length > 0
  }

  /** What came while an earlier process could not take it is taken now. Nothing else tells of a log whose keys are gone. */
  async #hold(tenantId: string): Promise<void> {
    const keyId = (await this.#names.of(tenantId))?.keyId
    const lost = await this.#heads.lost(tenantId, keyId, () => deletedLogs(this.#store, tenantId))
    if (lost) this.#alarms.tell('log-forked', tenantId, lostLog(lost))
    const { position } = await this.#trees.get(tenantId)
    if ((await this.#store.head({ tenantId })) > position) this.#followerOf(tenantId)?.takeUp(tenantId)
  }

  /** Keeps the heads that have moved where a deletion in the store does not reach. */
  async #remember(now: boolean): Promise<void> {
    for (const [tenantId, head] of this.#moved) {
      const name = await this.#names.of(tenantId).catch(() => undefined)
      if (name === undefined) continue
      this.#moved.delete(tenantId)
      this.#heads.note(logId(tenantId, name.keyId), head)
    }
    await this.#heads.step(now)
  }

  #onSigned(tenantId: string, tree: TreeState): void {
    this.#moved.set(tenantId, { size: tree.size, root: tree.root })
    this.#onMended(tenantId)
    this.#meta?.note(tenantId)
    this.#wake.abort()
  }

  #onMended(tenantId: string): void {
    this.#alarms.over(tenantId)
    if (this.#forked.delete(tenantId)) this.#followerOf(tenantId)?.mended(tenantId)
  }

  #onForked(tenantId: string, { message: reason }: KeelsonError): void {
    if (!this.#forked.has(tenantId)) this.#forks.add(tenantId)
    this.#forked.set(tenantId, { reason, until: this.#options.clock.now() + forkedPause })
    this.#alarms.tell('log-forked', tenantId, reason)
  }

  /** A log whose tree cannot be read is held to what was signed, although nothing comes into it. */
  #onUnread(tenantId: string, error: unknown): void {
    const { message } = toKeelsonError(error)
    this.#alarms.tell('heads-unkept', tenantId, `The head of the log cannot be recorded: ${message}`)
    this.#trees.drop(tenantId)
    if (!this.#forked.has(tenantId)) this.#unheld?.push(tenantId)
  }

  #inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const turn = this.#turn.then(work, work)
    this.#turn = turn.catch(() => undefined)
    return turn
  }

  async #follow(): Promise<void> {
    const { poll, milliseconds, wait, onAlarm } = this.#options
    let pause = firstPause
    while (!this.#stop.signal.aborted) {
      try {
        if (!(await this.round())) await wait(Math.min(poll, milliseconds), this.#stop.signal)
        pause = firstPause
      } catch (error) {
        const { message } = toKeelsonError(error)
        if (pause === firstPause) onAlarm({ kind: 'signing-failed', tenantId: undefined, message })
        await wait(pause, this.#stop.signal)
        pause = Math.min(longestPause, pause * 2)
      }
    }
  }

  /** On its own, so that a slow witness keeps nobody from signing. */
  async #endorse(): Promise<void> {
    if (!this.#endorser.isNeeded) return
    while (!this.#stop.signal.aborted) {
      this.#wake = new AbortController()
      // What cannot be done now stays due.
      const isMore = await this.endorse().catch(() => false)
      if (isMore || this.#stop.signal.aborted) continue
      await this.#options.wait(firstPause, AbortSignal.any([this.#stop.signal, this.#wake.signal]))
    }
  }

  async #close(): Promise<void> {
    this.#stop.abort()
    await this.#running
    // What cannot be signed now is signed by whoever comes next.
    if (this.#running) await this.round(true).catch(() => undefined)
    await this.#turn
  }
}

/** Opens what keeps the logs of a store; nothing is signed before it is started or asked to. */
export const openNotary = (store: EventStore, keys: LogKeys, options: NotaryOptions): Notary =>
  new LogNotary(store, keys, options)
