import { KeelsonError } from '../../../core/index.ts'
import type { LogPolicy, Note, VerifierKey } from '../../../proof/index.ts'
import {
  hashText,
  hasQuorum,
  parseCheckpoint,
  parseNote,
  tlogProofText,
  witnessesOf,
} from '../../../proof/index.ts'
import type { EventStore, RecordedEvent } from '../../../store/index.ts'
import type { CheckSummary, LogHead, LogKeys, LogStatus } from '../port.ts'
import type { CheckpointState } from '../tree/log-state.ts'
import {
  checkpointId,
  checkpointSize,
  logCollections,
  noneWhereDamaged,
  noteOf,
  onlyId,
  readCheckpoint,
  readOr,
} from '../tree/log-state.ts'
import { logPolicy } from './log-policy.ts'
import type { LogReader } from './log-reader.ts'

/** Checkpoints that are looked through for one with enough witnesses. */
const mostLookedAt = 100

/** Those that are looked through for one with a time stamp, a page at a time. */
const pageSize = 500
const mostPages = 10

/** A witness, and whose logs it knows. */
export interface KnownWitness {
  readonly key: VerifierKey
  knows(tenantId: string): boolean
}

export interface PublishedOptions {
  readonly witnesses: readonly KnownWitness[]
  /** Of a log that fewer witnesses know it is as many. */
  readonly quorum: number
}

/** What was published of the logs: kept checkpoints, and what follows from them. */
export class PublishedLog {
  readonly #store: EventStore
  readonly #keys: LogKeys
  readonly #reader: LogReader
  readonly #options: PublishedOptions

  constructor(store: EventStore, keys: LogKeys, reader: LogReader, options: PublishedOptions) {
    this.#store = store
    this.#keys = keys
    this.#reader = reader
    this.#options = options
  }

  /** The part of a log's status that stands in the store. */
  async view(tenantId: string): Promise<Omit<LogStatus, 'origin' | 'state' | 'reason'>> {
    const [tree, policy, lastCheck] = await Promise.all([
      this.#reader.tree(tenantId).catch(noneWhereDamaged),
      this.policy(tenantId),
      this.#lastCheck(tenantId),
    ])
    const newest = tree && (await this.#opened(tenantId, tree.size).catch(noneWhereDamaged))
    const note = newest?.note
    const witnesses = note ? witnessesOf(note, policy) : []
    return {
      size: tree?.size ?? 0,
      pending: Math.max(0, (await this.#logSize(tenantId)) - (tree?.size ?? 0)),
      checkpoint: newest?.head,
      witnesses,
      missing: newest ? [...policy.witnesses.keys()].filter(name => !witnesses.includes(name)) : [],
      hasQuorum: note ? hasQuorum(note, policy) : policy.quorum === undefined,
      isStamped: newest?.isStamped === true,
      // Of a log at rest the newest one is stamped later, which the tree does not say.
      stampedAt: newest?.isStamped ? newest.head.at : tree?.stampedAt ? timeOf(tree.stampedAt) : undefined,
      lastCheck,
    }
  }

  async checkpoint(tenantId: string, size?: number): Promise<string | undefined> {
    const kept = size === undefined ? await this.#newest(tenantId) : await this.#kept(tenantId, size)
    return kept && noteOf(kept)
  }

  /** Newest first. */
  async checkpoints(
    tenantId: string,
    limit: number,
    before?: number,
  ): Promise<readonly { readonly size: number; readonly at: string }[]> {
    return (await this.#list(tenantId, limit, before)).map(({ size, at }) => ({ size, at: timeOf(at) }))
  }

  async timestamp(tenantId: string, size: number): Promise<Uint8Array | undefined> {
    const kept = await this.#kept(tenantId, size)
    return kept && kept.stamp !== '' ? Buffer.from(kept.stamp, 'base64') : undefined
  }

  async stampedBefore(tenantId: string, size: number): Promise<number | undefined> {
    // Of a log that was never sent for one nothing is looked through.
    if (((await this.#reader.tree(tenantId))?.stampedAt ?? 0) === 0) return undefined
    for (let [before, pages] = [size, 0]; pages < mostPages; pages += 1) {
      const found = await this.#list(tenantId, pageSize, before)
      const stamped = found.find(({ stamp }) => stamp !== '')
      if (stamped !== undefined || found.length < pageSize) return stamped?.size
      before = found.at(-1)?.size ?? 0
    }
    return undefined
  }

  async policy(tenantId: string): Promise<LogPolicy> {
    const witnesses = this.#options.witnesses.filter(one => one.knows(tenantId)).map(({ key }) => key)
    const quorum = Math.min(this.#options.quorum, witnesses.length)
    return logPolicy(await this.#keys.logKeys(tenantId), witnesses, quorum)
  }

  /** Size of the newest checkpoint, 0 where there is none. */
  async size(tenantId: string): Promise<number> {
    return (await this.#reader.tree(tenantId))?.size ?? 0
  }

  /** tlog-proof text. @throws KeelsonError `checkpoint_pending` where no checkpoint has the event. */
  async prove(tenantId: string, { sequence: index, leaf }: RecordedEvent): Promise<string> {
    const kept = await this.#covering(tenantId, index)
    const path = await this.#reader.inclusionPath(tenantId, index, kept.size)
    return tlogProofText({ extra: Buffer.from(leaf), index, path, checkpoint: openNote(kept) })
  }

  /** The newest checkpoint with the leaf and enough witnesses, else the newest with the leaf. */
  async #covering(tenantId: string, index: number): Promise<CheckpointState> {
    const newest = await this.#newest(tenantId)
    if (!newest || newest.size <= index)
      throw new KeelsonError('checkpoint_pending', `No checkpoint has the entry ${index}`)
    const policy = await this.policy(tenantId)
    if (policy.quorum === undefined) return newest
    const listed = await this.#list(tenantId, mostLookedAt)
    return listed.find(one => one.size > index && hasQuorum(openNote(one), policy)) ?? newest
  }

  /** Undefined for a log that was never signed. @throws KeelsonError `log_damaged` where it is gone, or cannot be read. */
  async #newest(tenantId: string): Promise<CheckpointState | undefined> {
    const tree = await this.#reader.tree(tenantId)
    const kept = tree && (await this.#kept(tenantId, tree.size))
    // Of a tenant that was deleted meanwhile both are gone.
    if (!tree || kept || !(await this.#reader.tree(tenantId))) return kept
    throw new KeelsonError('log_damaged', `The checkpoint of ${tree.size} leaves is gone`)
  }

  async #opened(tenantId: string, size: number) {
    const kept = await this.#kept(tenantId, size)
    return kept && { note: openNote(kept), head: toHead(kept), isStamped: kept.stamp !== '' }
  }

  async #kept(tenantId: string, size: number): Promise<CheckpointState | undefined> {
    if (!Number.isSafeInteger(size) || size < 0) return undefined
    const document = await this.#store.document(tenantId, logCollections.checkpoint, checkpointId(size))
    return document && readOr(nameOf(size), () => readCheckpoint(document.value))
  }

  async #list(tenantId: string, limit: number, before?: number): Promise<readonly CheckpointState[]> {
    const found = await this.#store.documents({ tenantId }, logCollections.checkpoint, {
      limit,
      ...(before === undefined ? {} : { after: checkpointId(before) }),
    })
    return found.map(({ id, value }) => readOr(nameOf(checkpointSize(id)), () => readCheckpoint(value)))
  }

  async #logSize(tenantId: string): Promise<number> {
    const last = { direction: 'backwards', limit: 1, removed: 'include' } as const
    for await (const event of this.#store.readAll({ tenantId }, last)) return event.sequence + 1
    return 0
  }

  async #lastCheck(tenantId: string): Promise<CheckSummary | undefined> {
    const document = await this.#store.document(tenantId, logCollections.check, onlyId)
    const { last } = (document?.value ?? {}) as { last?: CheckSummary }
    return last
  }
}

const nameOf = (size: number): string => `The checkpoint of ${size} leaves`

const openNote = (kept: CheckpointState): Note => readOr(nameOf(kept.size), () => parseNote(noteOf(kept)))

const timeOf = (milliseconds: number): string => new Date(milliseconds).toISOString()

function toHead(kept: CheckpointState): LogHead {
  const { size, root } = readOr(nameOf(kept.size), () => parseCheckpoint(parseNote(kept.text).text))
  return { size, root: hashText(root, 'base64'), at: timeOf(kept.at), text: noteOf(kept) }
}
