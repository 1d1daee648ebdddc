import type { JsonObject, JsonValue } from '../../core/index.ts'
import { isJsonObject } from '../../core/index.ts'
import type { LeafKind } from '../leaf.ts'
import type { VerifierKey } from '../note/note-key.ts'
import { parseVerifierKey } from '../note/note-key.ts'
import { EntryRanges, parseRanges } from './entry-ranges.ts'
import { RemovedEntries } from './removed-entries.ts'

/** What a hold covers. */
export type HoldScope =
  | { readonly kind: 'all' }
  | { readonly kind: 'keys'; readonly kids: ReadonlySet<string> }
  | { readonly kind: 'stream'; readonly stream: string }

export interface RecordSignature {
  readonly key: string
  /** base64url. */
  readonly sig: string
}

export interface ErasureRecord {
  readonly kind: 'erasure'
  readonly keys: readonly string[]
  readonly targets: { readonly count: number; readonly leaves: string }
}

export interface RetentionRecord {
  readonly kind: 'retention'
  /** `id@version`. */
  readonly policy: string
  readonly from: number
  readonly to: number
  /** What it removed; undefined in records of older versions, which say no more than the range. */
  readonly removed: RemovedEntries | undefined
}

export interface HoldRecord {
  readonly kind: 'hold.set'
  readonly hold: string
  readonly scope: HoldScope
  /** What it covered when it was set; undefined in records of older versions. */
  readonly entries: EntryRanges | undefined
}

export interface RedactionRecord {
  readonly kind: 'redaction'
  readonly n: number
  /** base64url of the leaf's hash. */
  readonly leaf: string
  readonly paths: readonly string[]
  /** Commitment to the redacted body. */
  readonly body: string
}

export interface PolicyRecord {
  readonly kind: 'policy'
  readonly policy: string
  readonly version: string
  readonly minimumDays: number
  readonly isLocked: boolean
  readonly eventTypes: readonly string[] | undefined
}

export interface KeyRecord {
  readonly kind: 'key'
  readonly action: 'register' | 'revoke'
  readonly role: 'approver' | 'log'
  readonly key: VerifierKey
  readonly approvalsNeeded: number | undefined
}

/** A record that the log has of itself, as far as a verifier needs it. */
export type LogRecord =
  | ErasureRecord
  | RetentionRecord
  | RedactionRecord
  | HoldRecord
  | { readonly kind: 'hold.release'; readonly hold: string }
  | PolicyRecord
  | KeyRecord

/** Kinds of leaves whose body is a record. */
export const isRecordKind = (kind: LeafKind): kind is LogRecord['kind'] => kind !== 'event' && kind !== 'seal'

/** Reads the payload of a record; undefined where it is none of that kind. Members that are not known are left alone. */
export function parseRecord(kind: LogRecord['kind'], payload: JsonValue | undefined): LogRecord | undefined {
  if (!isJsonObject(payload)) return undefined
  const { action } = payload
  if (kind === 'key')
    return action === 'register' || action === 'revoke' ? keyRecord(payload, action) : undefined
  return action === kind ? readers[kind](payload) : undefined
}

type Reader = (payload: JsonObject) => LogRecord | undefined

const readers: Readonly<Record<Exclude<LogRecord['kind'], 'key'>, Reader>> = {
  erasure({ keys, targets }) {
    if (!areTexts(keys) || !isJsonObject(targets)) return undefined
    const { count, leaves } = targets
    if (!isCount(count) || typeof leaves !== 'string') return undefined
    return { kind: 'erasure', keys, targets: { count, leaves } }
  },
  retention({ policy, range, salt, removed }) {
    const [whole] = parseRanges([range ?? null]) ?? []
    if (typeof policy !== 'string' || whole === undefined) return undefined
    const [from, to] = whole
    if (removed === undefined) return { kind: 'retention', policy, from, to, removed }
    const entries = RemovedEntries.parse(salt, removed)
    return entries && { kind: 'retention', policy, from, to, removed: entries }
  },
  redaction({ n, leaf, paths, body }) {
    const isWhole = isCount(n) && typeof leaf === 'string' && areTexts(paths) && typeof body === 'string'
    return isWhole ? { kind: 'redaction', n, leaf, paths, body } : undefined
  },
  'hold.set'({ hold, scope, entries }) {
    const found = scopeOf(scope)
    const ranges = entries === undefined ? undefined : parseRanges(entries)
    const covered = ranges && EntryRanges.of(ranges.map(range => ({ range, value: true as const })))
    if (typeof hold !== 'string' || !found || (entries !== undefined && !covered)) return undefined
    return { kind: 'hold.set', hold, scope: found, entries: covered }
  },
  'hold.release': ({ hold }) => (typeof hold === 'string' ? { kind: 'hold.release', hold } : undefined),
  policy({ policy, version, minimumDays, locked, eventTypes }) {
    if (typeof policy !== 'string' || !isCount(minimumDays) || typeof locked !== 'boolean') return undefined
    if (typeof version !== 'string' && typeof version !== 'number') return undefined
    if (eventTypes !== undefined && !areTexts(eventTypes)) return undefined
    return { kind: 'policy', policy, version: String(version), minimumDays, isLocked: locked, eventTypes }
  },
}

function keyRecord(payload: JsonObject, action: KeyRecord['action']): KeyRecord | undefined {
  const { role, name, key, approvalsNeeded } = payload
  const isRole = role === 'approver' || role === 'log'
  if (!isRole || typeof key !== 'string') return undefined
  if (approvalsNeeded !== undefined && !isCount(approvalsNeeded)) return undefined
  try {
    const parsed = parseVerifierKey(key)
    return parsed.name === name ? { kind: 'key', action, role, key: parsed, approvalsNeeded } : undefined
  } catch {
    return undefined
  }
}

function scopeOf(scope: JsonValue | undefined): HoldScope | undefined {
  if (!isJsonObject(scope)) return undefined
  const { all, subjectKeys, stream } = scope
  if (all === true) return { kind: 'all' }
  if (areTexts(subjectKeys)) return { kind: 'keys', kids: new Set(subjectKeys) }
  return typeof stream === 'string' ? { kind: 'stream', stream } : undefined
}

const isCount = (value: JsonValue | undefined): value is number =>
  Number.isSafeInteger(value) && (value as number) >= 0

const areTexts = (value: JsonValue | undefined): value is string[] =>
  Array.isArray(value) && value.every(one => typeof one === 'string')

/** The signatures of a record; undefined where they are none. */
export function signaturesOf({ sigs = [] }: JsonObject): readonly RecordSignature[] | undefined {
  if (!Array.isArray(sigs)) return undefined
  const found = sigs.flatMap(one =>
    isJsonObject(one) && typeof one['key'] === 'string' && typeof one['sig'] === 'string'
      ? { key: one['key'], sig: one['sig'] }
      : [],
  )
  return found.length === sigs.length ? found : undefined
}
