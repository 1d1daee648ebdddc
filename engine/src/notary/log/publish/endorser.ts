import type { Clock } from '../../../core/index.ts'
import { KeelsonError, toKeelsonError } from '../../../core/index.ts'
import { cosignedAt, parseCheckpoint, parseNote } from '../../../proof/index.ts'
import type { Document, EventStore } from '../../../store/index.ts'
import type { WitnessClient } from '../../witness/witness-client.ts'
import { isPassing } from '../passing.ts'
import type { NotaryAlarm } from '../port.ts'
import type { LogReader } from '../proof/log-reader.ts'
import type { CheckpointState } from '../tree/log-state.ts'
import { checkpointValue, logCollections, noteOf, readCheckpoint } from '../tree/log-state.ts'
import { knownLogs } from './known-logs.ts'

/** Gives time stamps (RFC 3161) of texts. */
export interface TimestampAuthority {
  /** The checked response, DER; of a checkpoint it is asked for over its three lines. @throws where there is none, or it is not one of this text. */
  stamp(text: string, signal?: AbortSignal): Promise<Uint8Array>
}

export interface EndorserOptions {
  readonly clock: Clock
  readonly witnesses: readonly WitnessClient[]
  /** Witnesses that a checkpoint needs. */
  readonly quorum: number
  /** Milliseconds without a checkpoint that has them, after which somebody is told. */
  readonly quorumPatience: number
  readonly authority: TimestampAuthority | undefined
  /** Milliseconds between two stamps of a log. */
  readonly timestampEvery: number
  readonly originOf: (tenantId: string) => string
  readonly onAlarm: (alarm: NotaryAlarm) => void
  /** Told of a log of which a checkpoint, or the tree, cannot be read; each time. */
  readonly onFault: (tenantId: string, error: unknown) => void
}

const page = 100
const atOnce = 8
const firstPause = 1_000
const longestPause = 600_000
const mostWaiting = 100_000

/** Has kept checkpoints signed by witnesses and stamped with the time: those that are due, however they came to be so. */
export class Endorser {
  readonly #store: EventStore
  readonly #reader: LogReader
  readonly #options: EndorserOptions
  /** Since when a tenant has had no checkpoint with enough witnesses; true where somebody was told. */
  readonly #lacking = new Map<string, { readonly since: number; isTold: boolean }>()
  /** Who has refused a tenant's newest checkpoint, and was told of. */
  readonly #refusals = new Map<string, { readonly size: number; readonly by: Set<WitnessClient> }>()
  readonly #startedAt: number
  /** Whether the logs were gone through that are at rest. */
  #hasCaughtUp: boolean

  constructor(store: EventStore, reader: LogReader, options: EndorserOptions) {
    this.#store = store
    this.#reader = reader
    this.#options = options
    this.#startedAt = options.clock.now()
    this.#hasCaughtUp = !this.isNeeded
  }

  get isNeeded(): boolean {
    return this.#options.witnesses.length > 0 || this.#options.authority !== undefined
  }

  /** Works on a page of what is due; gives whether there is more, and it gets on. */
  async round(signal?: AbortSignal): Promise<boolean> {
    if (!this.#hasCaughtUp) await this.#catchUp(signal)
    const due = await this.#store.documents({ tenantId: 'every tenant' }, logCollections.checkpoint, {
      dueUntil: this.#options.clock.now(),
      limit: page,
    })
    const endorse = (document: Document) =>
      this.#endorse(document, signal).catch(error => this.#putOff(document, error))
    // What cannot even be put off stays due.
    const done = await forEach(due, endorse, signal)
    return due.length === page && done > 0
  }

  /** What cannot be worked on now is not in the way of what is due behind it. */
  async #putOff({ tenantId, collection, id, revision, value }: Document, error: unknown): Promise<void> {
    const due = this.#options.clock.now() + (isPassing(error) ? firstPause : longestPause)
    const document = { tenantId, collection, id, value, due, expected: revision }
    await this.#store.commit({ scope: { tenantId }, documents: [document] })
    if (!isPassing(error)) this.#options.onFault(tenantId, error)
  }

  forget(tenantId: string): void {
    this.#lacking.delete(tenantId)
    this.#refusals.delete(tenantId)
    for (const witness of this.#options.witnesses) witness.forget(this.#options.originOf(tenantId))
  }

  /**
   * Has the newest checkpoint of each log asked for that a witness which is new here has not signed, or that has no stamp
   * though one is due: of a log that is at rest there may be no newer one for long.
   */
  async #catchUp(signal?: AbortSignal): Promise<void> {
    const tenants = await knownLogs(this.#store)
    let isAway = false
    const askForNewest = (tenantId: string) =>
      this.#askForNewest(tenantId).catch(error => {
        isAway ||= error instanceof KeelsonError && error.retryable
      })
    await forEach(tenants, askForNewest, signal)
    // Where the store was away the next round goes through them again; what is damaged stays so.
    this.#hasCaughtUp = !isAway && signal?.aborted !== true
  }

  async #askForNewest(tenantId: string): Promise<void> {
    const { checkpoint: collection } = logCollections
    const [newest] = await this.#store.documents({ tenantId }, collection, { limit: 1 })
    if (newest === undefined || newest.due !== undefined) return
    const state = readCheckpoint(newest.value)
    const wantsStamp = state.wantsStamp || (await this.#isStampDue(tenantId, state))
    if (this.#missing(tenantId, state).length === 0 && wantsStamp === state.wantsStamp) return
    const { id, revision: expected } = newest
    const value = checkpointValue({ ...state, wantsStamp, tries: 0 })
    const document = { tenantId, collection, id, value, expected, due: this.#options.clock.now() }
    await this.#store.commit({ scope: { tenantId }, documents: [document] })
  }

  async #isStampDue(tenantId: string, { size }: CheckpointState): Promise<boolean> {
    const { authority, clock, timestampEvery } = this.#options
    const tree = await this.#reader.tree(tenantId)
    return authority !== undefined && tree?.size === size && clock.now() - tree.stampedAt >= timestampEvery
  }

  async #endorse(document: Document, signal?: AbortSignal): Promise<void> {
    const { tenantId, id, revision } = document
    const state = readCheckpoint(document.value)
    const isNewest = (await this.#reader.tree(tenantId))?.size === state.size
    const [cosignatures, stamp] = await Promise.all([
      isNewest ? this.#cosign(tenantId, state, signal) : state.cosignatures,
      this.#stamp(tenantId, state, signal),
    ])
    if (signal?.aborted) return
    const next: CheckpointState = { ...state, cosignatures, stamp, tries: state.tries + 1 }
    this.#watchQuorum(tenantId, next)
    const isDone =
      (!isNewest || this.#missing(tenantId, next).length === 0) && (!next.wantsStamp || stamp !== '')
    const pause = Math.min(longestPause, firstPause * 2 ** Math.min(20, state.tries))
    const due = isDone ? {} : { due: this.#options.clock.now() + pause }
    const change = { tenantId, collection: logCollections.checkpoint, id, expected: revision, ...due }
    await this.#store
      .commit({ scope: { tenantId }, documents: [{ ...change, value: checkpointValue(next) }] })
      .catch(error => {
        // Another process was there first, or the tenant is gone.
        if (!(error instanceof KeelsonError) || error.code !== 'document_conflict') throw error
      })
  }

  #witnessesOf(tenantId: string): WitnessClient[] {
    return this.#options.witnesses.filter(witness => witness.knows(tenantId))
  }

  #missing(tenantId: string, state: CheckpointState): WitnessClient[] {
    const note = parseNote(noteOf(state))
    return this.#witnessesOf(tenantId).filter(({ key }) => cosignedAt(note, key) === undefined)
  }

  async #cosign(tenantId: string, state: CheckpointState, signal?: AbortSignal): Promise<readonly string[]> {
    const { size, text } = state
    const { origin } = parseCheckpoint(parseNote(text).text)
    const consistency = (from: number) => this.#reader.consistency(tenantId, from, size)
    const lines = await Promise.all(
      this.#missing(tenantId, state).map(async witness => {
        try {
          return await witness.cosign({ origin, size, checkpoint: text, consistency }, signal)
        } catch (error) {
          if (error instanceof KeelsonError && error.code === 'witness_refused' && !signal?.aborted)
            await this.#tellOfRefusal(tenantId, size, witness, error.message)
          return []
        }
      }),
    )
    return [...state.cosignatures, ...lines.flat()]
  }

  /** Once for each checkpoint, whichever try it was: a witness may have been away before, or the process another. */
  async #tellOfRefusal(
    tenantId: string,
    size: number,
    witness: WitnessClient,
    message: string,
  ): Promise<void> {
    // A witness may have signed a newer one meanwhile.
    if ((await this.#reader.tree(tenantId))?.size !== size) return
    const known = this.#refusals.get(tenantId)
    const { by } = known?.size === size ? known : { by: new Set<WitnessClient>() }
    if (by.has(witness)) return
    by.add(witness)
    if (known || this.#refusals.size < mostWaiting) this.#refusals.set(tenantId, { size, by })
    this.#options.onAlarm({ kind: 'witness-refused', tenantId, message })
  }

  async #stamp(tenantId: string, state: CheckpointState, signal?: AbortSignal): Promise<string> {
    const { authority, onAlarm } = this.#options
    if (!state.wantsStamp || state.stamp !== '' || !authority) return state.stamp
    try {
      return Buffer.from(await authority.stamp(parseNote(state.text).text, signal)).toString('base64')
    } catch (error) {
      const { message } = toKeelsonError(error)
      if (state.tries === 0 && !signal?.aborted) onAlarm({ kind: 'stamp-failed', tenantId, message })
      return ''
    }
  }

  #watchQuorum(tenantId: string, state: CheckpointState): void {
    const { quorumPatience, clock, onAlarm } = this.#options
    const witnesses = this.#witnessesOf(tenantId)
    const quorum = Math.min(this.#options.quorum, witnesses.length)
    const signed = witnesses.length - this.#missing(tenantId, state).length
    if (signed >= quorum) {
      this.#lacking.delete(tenantId)
      return
    }
    const known = this.#lacking.get(tenantId)
    const lack = known ?? { since: Math.max(state.at, this.#startedAt), isTold: false }
    if (!known && this.#lacking.size < mostWaiting) this.#lacking.set(tenantId, lack)
    if (lack.isTold || clock.now() - lack.since < quorumPatience) return
    lack.isTold = true
    const message = `The newest checkpoint has ${signed} of the ${quorum} witnesses that it needs`
    onAlarm({ kind: 'quorum-missing', tenantId, message })
  }
}

/** Works on some at a time, and gives how many were done. One that fails, for whatever reason, keeps no other from it. */
async function forEach<Item>(
  items: Iterable<Item>,
  work: (item: Item) => Promise<void>,
  signal: AbortSignal | undefined,
): Promise<number> {
  const queue = items[Symbol.iterator]()
  let done = 0
  const workOn = async (): Promise<void> => {
    for (let next = queue.next(); next.done !== true && !signal?.aborted; next = queue.next())
      await work(next.value).then(
        () => (done += 1),
        () => undefined,
      )
  }
  await Promise.all(Array.from({ length: atOnce }, workOn))
  return done
}
