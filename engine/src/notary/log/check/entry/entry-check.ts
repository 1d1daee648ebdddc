import type { JsonObject } from '../../../../core/index.ts'
import { parseJson } from '../../../../core/index.ts'
import type { Tile } from '../../../../proof/index.ts'
import { commitBody, hashText, leafHash, MerkleTree, parseHash, zeroHash } from '../../../../proof/index.ts'
import type { RecordedEvent } from '../../../../store/index.ts'
import type { Absences } from './absences.ts'
import type { CheckProgress } from './check-progress.ts'
import type { ErasedKey } from './erased-keys.ts'
import { erasedBy } from './erased-keys.ts'
import type { LogFaultKind, LogFaults } from './log-fault.ts'
import { openFields } from './sealed-fields.ts'

const leafForm =
  /^\{"body":"([\w-]{43})","id":"([^"]+)","kind":"([\w.]+)","n":(\d+),"prev":"([\w-]{43})","t":"([^"]+)","v":1\}$/

/** Holds a log's entries, one after the other, to their leaves; computes every hash anew. */
export class EntryCheck {
  readonly #tree: MerkleTree
  readonly #faults: LogFaults
  readonly #absences: Absences
  #previous: string
  #time: string
  #position: number
  /** Entries whose content is in an archive that was not opened. */
  unseen: number
  #erased: ErasedKey[] = []

  constructor(faults: LogFaults, absences: Absences, progress?: CheckProgress) {
    this.#faults = faults
    this.#absences = absences
    this.#tree = new MerkleTree(progress?.tree)
    this.#previous = progress?.previous ?? zeroHash
    this.#time = progress?.time ?? ''
    this.#position = progress?.position ?? 0
    this.unseen = progress?.unseen ?? 0
  }

  get size(): number {
    return this.#tree.size
  }

  /** Of the entry that was taken last; 0 before the first. */
  get position(): number {
    return this.#position
  }

  /** Tiles that are full since this was last asked, which is to be often: they are kept until then. */
  takeFull(): readonly Tile[] {
    return this.#tree.takeFull()
  }

  /** Keys that are destroyed, as records say that were taken since this was last asked. */
  takeErased(): readonly ErasedKey[] {
    const erased = this.#erased
    this.#erased = []
    return erased
  }

  /** base64url. */
  root(): string {
    return hashText(this.#tree.root(), 'base64url')
  }

  /** Where it stands against a checkpoint of that size; undefined where more is open than can be kept. */
  progress(size: number, milliseconds: number): CheckProgress | undefined {
    const absences = this.#absences.open()
    if (absences === undefined) return undefined
    const [position, previous, time, unseen] = [this.#position, this.#previous, this.#time, this.unseen]
    const tree = this.#tree.frontier()
    return { size, position, previous, time, tree, absences, unseen, milliseconds }
  }

  /** Takes the next entry with the keys of its subjects that are there. Gives whether it can be gone on. */
  take(event: RecordedEvent, keys: ReadonlyMap<string, Uint8Array>): boolean {
    if (event.sequence !== this.size) {
      const reason = `Entry ${event.sequence} follows ${this.size} others`
      this.#faults.add({ kind: 'event-missing', reason, index: this.size })
      return false
    }
    const hash = leafHash(event.leaf)
    if (hash !== event.leafHash)
      this.#fault(event, 'content-altered', 'Its leaf is another one than the log has', event.leafHash, hash)
    this.#checkLeaf(event)
    this.#tree.append(parseHash(hash, 'base64url'))
    this.#previous = hash
    this.#position = event.position
    try {
      this.#checkContent(event, keys)
    } catch {
      this.#fault(event, 'content-altered', 'Its content cannot be read')
    }
    return true
  }

  #checkLeaf(event: RecordedEvent): void {
    const [, , id, , n, previous = '', time = ''] = leafForm.exec(event.leaf) ?? []
    if (id === undefined) this.#fault(event, 'content-altered', 'Its leaf is none')
    else if (Number(n) !== event.sequence)
      this.#fault(event, 'order-changed', `Its leaf says that it is entry ${n}`)
    else if (previous !== this.#previous)
      this.#fault(event, 'order-changed', 'It does not follow the entry before', previous, this.#previous)
    else if (time < this.#time) this.#fault(event, 'order-changed', 'It is older than the entry before')
    this.#time = time
  }

  #checkContent(event: RecordedEvent, keys: ReadonlyMap<string, Uint8Array>): void {
    if (event.bodyState === 'archived') this.unseen += 1
    if (event.bodyState === 'removed') this.#absences.removed(event)
    if (event.bodyState !== 'present') return
    const [, expected = ''] = leafForm.exec(event.leaf) ?? []
    const actual = commitBody(event.body, Buffer.from(event.blind, 'base64url'))
    if (actual !== expected) this.#absences.changed(event, expected, actual)
    this.#checkFields(event, keys)
    // What an altered record says explains nothing.
    if (event.kind === 'event' || actual !== expected) return
    const { payload } = parseJson(event.body) as { payload?: JsonObject }
    this.#absences.record(event.kind, payload ?? {}, event.sequence)
    if (event.kind === 'erasure') this.#erased.push(...erasedBy(payload?.['keys'], event.sequence))
  }

  #checkFields(event: RecordedEvent, keys: ReadonlyMap<string, Uint8Array>): void {
    const { faults, closed } = openFields(event, keys)
    for (const reason of faults) this.#fault(event, 'content-altered', reason)
    for (const kid of closed) this.#absences.hidden(event, kid)
  }

  #fault(event: RecordedEvent, kind: LogFaultKind, reason: string, expected?: string, actual?: string): void {
    const { sequence: index, eventId, version } = event
    const place = { index, ...(eventId === '' ? {} : { eventId }), ...(version >= 1 ? { version } : {}) }
    const hashes = expected === undefined || actual === undefined ? {} : { expected, actual }
    this.#faults.add({ kind, reason, ...place, ...hashes })
  }
}
