import type { Clock } from '../../../core/index.ts'
import { KeelsonError, systemClock } from '../../../core/index.ts'
import type { Checkpoint, Note } from '../../../proof/index.ts'
import {
  hashText,
  isSignedBy,
  parseCheckpoint,
  parseNote,
  parsePolicy,
  parseVerifierKey,
  witnessesOf,
} from '../../../proof/index.ts'
import type { EventStore } from '../../../store/index.ts'
import { pause } from '../options.ts'
import type { LogKeys, Notary } from '../port.ts'
import { isTree, logCollections, noneWhereDamaged, noteOf, onlyId } from '../tree/log-state.ts'
import { Absences } from './entry/absences.ts'
import type { CheckProgress } from './entry/check-progress.ts'
import { readProgress } from './entry/check-progress.ts'
import { EntryCheck } from './entry/entry-check.ts'
import { eventBatches } from './entry/event-batches.ts'
import { firstDifference } from './entry/first-difference.ts'
import type { LogFault } from './entry/log-fault.ts'
import { LogFaults } from './entry/log-fault.ts'
import type { FieldKeys } from './entry/sealed-fields.ts'
import { fieldKeys } from './entry/sealed-fields.ts'
import { checkpointFaults, newestReadable, walkCheckpoints } from './kept/kept-checkpoints.ts'
import { keptErased, keptInSpite } from './kept/kept-erased.ts'
import { TileCheck } from './kept/tile-check.ts'

/** What a check needs of the key ring. */
export interface CheckKeys extends LogKeys, FieldKeys {}

/** What a check needs of the notary; without `remembered` the log is held to what stands beside it alone. */
export type CheckedNotary = Pick<Notary, 'checkpoint' | 'policy'> & Partial<Pick<Notary, 'remembered'>>

export interface CheckLogOptions {
  readonly signal?: AbortSignal
  /** `position` is that of the last entry that is done. */
  readonly onProgress?: (done: number, total: number, position: number) => void
  /** Entries a second at the most; default without a limit. */
  readonly rate?: number
  /** Whether content that is gone needs a record that says why; default true. */
  readonly isStrict?: boolean
  /** Where an earlier check was cut off, to go on from there; what is no such place is left aside. */
  readonly resume?: CheckProgress
  /**
   * Told now and then how far the check is, so that it can be gone on with: undefined where a fault was found, or more is
   * absent than can be kept, and it is to be gone on with from the place before.
   */
  readonly keep?: (progress: CheckProgress | undefined) => Promise<void>
  /** Entries between two such times; default 50,000. */
  readonly keepEvery?: number
  readonly clock?: Clock
}

interface Checking extends Omit<CheckLogOptions, 'resume'> {
  readonly resume: CheckProgress | undefined
}

export type SignatureFault = 'signature-invalid' | 'key-unknown' | 'text-malformed'

/** What is to be said of the checkpoint's signature. */
export interface SignatureReport {
  /** Name and id of the key, as in the signature's line; undefined where there is none. */
  readonly keyId: string | undefined
  readonly fault: SignatureFault | undefined
  /** Witnesses whose cosignatures are good. */
  readonly cosignatures: number
}

export interface LogCheckReport {
  /** Of the newest checkpoint when the check began. */
  readonly size: number
  /** base64url, as computed from the entries; empty for a log without a checkpoint. */
  readonly root: string
  readonly isSound: boolean
  /** Of the first entry that is at fault, and what is wrong. */
  readonly index?: number
  readonly reason?: string
  readonly faults: readonly LogFault[]
  readonly faultCount: number
  readonly signature: SignatureReport | undefined
  /** Entries that were looked at, before the check was cut off too. */
  readonly entries: number
  /** Entries and keys that are gone by a record of the log. */
  readonly explained: number
  /** Entries whose content is in an archive that was not opened. */
  readonly unseen: number
  readonly milliseconds: number
}

/** Entries between two notes of how far the check is. */
const entriesBetween = 50_000

/**
 * Reads a tenant's log up to its newest checkpoint, computes every hash anew, opens what can be opened, and holds the
 * root to the one that was signed. Read through a store without keys, so that a sealed field that was damaged is a
 * fault of its entry and not the end of the check.
 *
 * @throws what the signal aborts with, and what the store and the keys throw where they do not answer.
 */
export async function checkLog(
  store: EventStore,
  notary: CheckedNotary,
  keys: CheckKeys,
  tenantId: string,
  given: CheckLogOptions = {},
): Promise<LogCheckReport> {
  const resume = readProgress(given.resume)
  const options = { ...given, resume }
  const started = (options.clock ?? systemClock).now() - (resume?.milliseconds ?? 0)
  const faults = new LogFaults()
  const absences = new Absences(faults, resume?.absences)
  const { text, hasTree } = await findHead(store, notary, tenantId, { ...options, faults })
  const head = text === undefined ? undefined : readHead(text, faults)
  await checkHeads(store, notary, tenantId, { ...options, faults, head })
  const ofHeads = faults.count
  const entries = new EntryCheck(faults, absences, resume)
  const size = head?.size ?? 0
  // Without its tree nothing leads to the tiles, and that is a fault by itself.
  const tiles = hasTree ? new TileCheck(store, tenantId) : undefined
  await readEntries(store, keys, tenantId, { ...options, started, entries, size, faults, tiles })
  await tiles?.compare(entries.takeFull())
  const isAsSigned = head !== undefined && entries.root() === hashText(head.root, 'base64url')
  if (faults.count === ofHeads && head && !isAsSigned) {
    const signal = options.signal ?? new AbortController().signal
    const index = await firstDifference(store, tenantId, size, signal)
    faults.add({
      kind: 'log-rewritten',
      reason: `The entries have another root than was signed at ${size}`,
      ...(index === undefined ? {} : { index }),
      expected: hashText(head.root, 'base64url'),
      actual: entries.root(),
    })
  }
  // Of leaves whose root is signed: a tile that differs from them is what was altered.
  for (const fault of [...(isAsSigned ? (tiles?.altered ?? []) : []), ...(tiles?.gone ?? [])])
    faults.add(fault)
  if (entries.size === size) absences.finish(options.isStrict)
  const signature = head && (await checkSignature(head.note, notary, keys, tenantId))
  const [first] = [...faults.kept].sort((a, b) => (a.index ?? size) - (b.index ?? size))
  const reason =
    first?.reason ?? (signature?.fault && `The checkpoint is not signed by the log: ${signature.fault}`)
  return {
    size,
    root: head ? entries.root() : '',
    isSound: reason === undefined,
    ...(first?.index === undefined ? {} : { index: first.index }),
    ...(reason === undefined ? {} : { reason }),
    faults: faults.kept,
    faultCount: faults.count,
    signature,
    entries: entries.size,
    explained: absences.explained,
    unseen: entries.unseen,
    milliseconds: (options.clock ?? systemClock).now() - started,
  }
}

interface FoundHead {
  /** Undefined for a log that was never signed, and where nothing is left of one that was. */
  readonly text: string | undefined
  readonly hasTree: boolean
}

/** The newest checkpoint; where nothing leads to it any more, that is told, and the newest one that can be read takes its place. */
async function findHead(
  store: EventStore,
  notary: CheckedNotary,
  tenantId: string,
  { resume, faults }: Pick<Checking, 'resume'> & { readonly faults: LogFaults },
): Promise<FoundHead> {
  const newest = () => notary.checkpoint(tenantId, resume?.size).catch(noneWhereDamaged)
  const text = await newest()
  if (text !== undefined) return { text, hasTree: true }
  const [tree, kept] = await Promise.all([
    store.document(tenantId, logCollections.tree, onlyId),
    store.documents({ tenantId }, logCollections.checkpoint, { limit: 1 }),
  ])
  const isRemembered = (await notary.remembered?.(tenantId)) !== undefined
  if (!isRemembered && tree === undefined && kept.length === 0) return { text, hasTree: false }
  // It may have been signed for the first time in between.
  const signed = await newest()
  if (signed !== undefined) return { text: signed, hasTree: true }
  const hasTree = tree !== undefined && isTree(tree.value)
  const lost = tree === undefined ? 'tree is gone' : 'tree cannot be read'
  const reason = `The log was signed, and its ${hasTree ? 'newest checkpoint is gone or cannot be read' : lost}`
  faults.add({ kind: 'log-rewritten', reason })
  const before = await newestReadable(store, tenantId)
  return { text: before && noteOf(before), hasTree }
}

/** Whether the checkpoints are all there, and the newest is no older than what is remembered elsewhere. */
async function checkHeads(
  store: EventStore,
  notary: CheckedNotary,
  tenantId: string,
  { faults, head, resume, signal }: Pick<Checking, 'resume' | 'signal'> & CheckedHead,
): Promise<void> {
  // Where a check was gone on with, this was looked at when it began.
  if (head === undefined || resume !== undefined) return
  const remembered = await notary.remembered?.(tenantId)
  if (remembered !== undefined && remembered.size > head.size) {
    // It may have been signed in between.
    const now = await notary.checkpoint(tenantId).catch(noneWhereDamaged)
    if (now === undefined || parseCheckpoint(parseNote(now).text).size < remembered.size)
      faults.add({
        kind: 'log-rewritten',
        reason: `The log was signed up to ${remembered.size} leaves before`,
      })
  }
  for (const reason of checkpointFaults(await walkCheckpoints(store, tenantId, signal)))
    faults.add({ kind: 'log-rewritten', reason })
}

interface CheckedHead {
  readonly faults: LogFaults
  readonly head: Checkpoint | undefined
}

function readHead(text: string, faults: LogFaults) {
  try {
    const note = parseNote(text)
    return { ...parseCheckpoint(note.text), note }
  } catch {
    faults.add({ kind: 'log-rewritten', reason: 'The newest checkpoint is none' })
    return undefined
  }
}

interface Reading extends Checking {
  /** When the check began, were it not cut off. */
  readonly started: number
  readonly entries: EntryCheck
  readonly size: number
  readonly faults: LogFaults
  readonly tiles: TileCheck | undefined
}

async function readEntries(store: EventStore, keys: CheckKeys, tenantId: string, reading: Reading) {
  const { entries, size, faults, tiles, resume, rate, keep, keepEvery = entriesBetween, onProgress } = reading
  const clock = reading.clock ?? systemClock
  const signal = reading.signal ?? new AbortController().signal
  const started = clock.now()
  const begun = entries.size
  let kept = begun
  const options = { after: resume?.position ?? 0, removed: 'include', signal } as const
  try {
    for await (const batch of eventBatches(store.readAll({ tenantId }, options))) {
      signal.throwIfAborted()
      const found = await fieldKeys(keys, tenantId, batch)
      const isOver = batch.some(event => entries.size === size || !entries.take(event, found))
      for (const index of await keptInSpite(store, tenantId, entries.takeErased(), signal))
        faults.add({ kind: 'content-altered', reason: keptErased, index })
      if (isOver) return
      await tiles?.compare(entries.takeFull())
      onProgress?.(entries.size, size, entries.position)
      if (keep && entries.size - kept >= keepEvery) {
        const isSound = faults.count === 0 && tiles?.isSound === true
        await keep(isSound ? entries.progress(size, clock.now() - reading.started) : undefined)
        kept = entries.size
      }
      const ahead = rate === undefined ? 0 : started + ((entries.size - begun) / rate) * 1_000 - clock.now()
      if (ahead > 0) await pause(ahead, signal)
    }
  } catch (error) {
    if (!(error instanceof KeelsonError) || error.code !== 'sealed_damaged') throw error
    faults.add({ kind: 'content-altered', reason: 'A sealed field cannot be opened', index: entries.size })
    return
  }
  signal.throwIfAborted()
  if (entries.size < size)
    faults.add({
      kind: 'event-missing',
      reason: `The log ends after ${entries.size} entries, and ${size} were signed`,
      index: entries.size,
    })
}

async function checkSignature(
  note: Note,
  notary: Pick<Notary, 'policy'>,
  keys: CheckKeys,
  tenantId: string,
): Promise<SignatureReport> {
  const verifiers = (await keys.logKeys(tenantId)).map(parseVerifierKey)
  const { origin } = parseCheckpoint(note.text)
  const own = note.signatures.find(({ name }) => name === origin)
  const keyId = own && `${own.name}+${own.keyId}`
  const policy = parsePolicy(await notary.policy(tenantId))
  const cosignatures = witnessesOf(note, policy).length
  if (verifiers.some(key => key.name === origin && isSignedBy(note, key)))
    return { keyId, fault: undefined, cosignatures }
  const isKnown = verifiers.some(({ name, id }) => name === own?.name && id === own.keyId)
  return { keyId, fault: isKnown ? 'signature-invalid' : 'key-unknown', cosignatures }
}
