import type { JsonObject } from '../../core/index.ts'
import { isJsonObject, parseJson } from '../../core/index.ts'
import { disclosureDigest, parseDisclosure } from '../disclosure/disclosure.ts'
import type { HiddenDigest } from '../disclosure/open-body.ts'
import { hiddenDigests } from '../disclosure/open-body.ts'
import { memberOf, pointerTokens, valueAt } from '../disclosure/pointer.ts'
import { commitBody } from '../leaf.ts'
import type { BodyLine } from './body-line.ts'
import type { Findings } from './failure.ts'
import type { LeafLine } from './leaf-line.ts'
import { isRecordKind } from './log-record.ts'
import type { Erasure, PartialHolds, RecordBook, Redaction, Retention, SetPolicy } from './record-book.ts'
import { retentionFault } from './retention-fault.ts'
import { streamOf } from './stream-of.ts'
import type { AppliedPolicy, CountName } from './verdict.ts'

export interface ContentOptions {
  readonly findings: Findings
  /** With all records of the log. */
  readonly book: RecordBook
  readonly counts: Record<CountName, number>
  /** Whether the export says to be without personal fields. */
  readonly isHidden: boolean
}

/** Opens every commitment and disclosure that is there, and asks of what is absent which record covers it. */
export class ContentCheck {
  readonly #options: ContentOptions
  /** Those whose range is still to come, and those whose range has the entry. */
  readonly #coming: Retention[]
  readonly #removedBy = new Map<SetPolicy, number>()
  #active: Retention[] = []
  /** The first entry of which it is not known any more which keys it had. */
  #firstGap = Number.POSITIVE_INFINITY

  constructor(options: ContentOptions) {
    this.#options = options
    this.#coming = options.book.retentions.toSorted((one, other) => other.from - one.from)
  }

  /** Takes an entry; in ascending order. `leafHash` is base64url. */
  check(leaf: LeafLine, leafHash: string, line: BodyLine): void {
    const { counts } = this.#options
    this.#advance(leaf.n)
    this.#checkRedactions(leaf.n, leafHash)
    if (line.body === undefined || line.blind === undefined) {
      this.#checkAbsence(leaf, line)
      return
    }
    const commitment = commitBody(line.body, line.blind)
    const redactions = isRecordKind(leaf.kind) ? [] : this.#redactionsOf(leaf.n)
    const redaction = redactions.find(({ body }) => body === commitment)
    if (commitment !== leaf.body && redaction === undefined) {
      this.#fail('body_altered', leaf.n, 'It does not fit the commitment in the leaf')
      return
    }
    counts.bodies += 1
    const body = bodyOf(line.body)
    const digests = body && hiddenDigests(body)
    if (body === undefined || digests === undefined) {
      this.#fail('line_malformed', leaf.n, 'The body is no event, or its digests are not in their form')
      return
    }
    this.#checkGone(leaf.n)
    if (redaction) this.#checkRedacted(leaf.n, body, { redaction, digests })
    this.#checkDisclosures(leaf.n, body, { line, digests })
  }

  /** Policies by which bodies are gone, and how many, in the order in which they were set. */
  get policies(): readonly AppliedPolicy[] {
    const applied = [...this.#removedBy].sort(([one], [other]) => one.at - other.at)
    return applied.map(([{ policy, version, at, approvedBy }, removed]) => ({
      policy: `${policy}@${version}`,
      at,
      approvedBy,
      removed,
    }))
  }

  /** Whether the erasures name the entries that they are about; `isWhole` where all entries were there. */
  finish(isWhole: boolean): void {
    const { book } = this.#options
    if (!isWhole) return
    for (const { at, targets } of new Set([...book.erasures.values()].flat()))
      if (at <= this.#firstGap && !targets.holds)
        this.#fail('erasure_unfounded', at, 'The entries that it names are not those that have its keys')
  }

  #advance(n: number): void {
    for (let next = this.#coming.at(-1); next !== undefined && next.from <= n; next = this.#coming.at(-1)) {
      this.#active.push(next)
      this.#coming.pop()
    }
    if (this.#active.some(({ to }) => to <= n)) this.#active = this.#active.filter(({ to }) => to > n)
  }

  #checkAbsence({ n, t, kind }: LeafLine, { erasedBy }: BodyLine): void {
    this.#firstGap = Math.min(this.#firstGap, n)
    // Else whoever removes could remove the hold that forbids it.
    if (isRecordKind(kind)) {
      this.#fail('absence_unexplained', n, 'It is a record of the log itself, and those are never removed')
      return
    }
    // A record that says what it removed covers nothing else in its range.
    const covering = this.#active.filter(({ at, removed }) => at > n && removed?.has(n) !== false)
    if (erasedBy !== undefined && !covering.some(({ at }) => at === erasedBy)) {
      this.#fail('erasure_unfounded', n, `Entry ${erasedBy} is no record of its removal`)
      return
    }
    if (covering.length === 0) {
      this.#fail('absence_unexplained', n, 'The body is absent, and no later record covers it')
      return
    }
    const faults = covering.map(retention => retentionFault(retention, { n, time: Date.parse(t) }))
    const lawful = covering[faults.indexOf(undefined)]
    const [fault] = faults
    if (lawful !== undefined) {
      this.#options.counts.removed += 1
      this.#removedBy.set(lawful.rule, (this.#removedBy.get(lawful.rule) ?? 0) + 1)
    } else if (fault) this.#fail(fault.code, fault.at, fault.message)
  }

  /** Of an entry whose body is there: a record that names it says what is not so. Older ones name nothing. */
  #checkGone(n: number): void {
    const claim = this.#active.find(({ at, removed }) => at > n && removed?.has(n))
    if (claim) this.#fail('erasure_unfounded', n, `What record ${claim.at} says is removed is still there`)
  }

  #redactionsOf(n: number): readonly Redaction[] {
    return this.#options.book.redactions.get(n) ?? []
  }

  #checkRedactions(n: number, leafHash: string): void {
    for (const { at, leaf } of this.#redactionsOf(n))
      if (leaf !== leafHash) this.#fail('record_invalid', at, `It names entry ${n} with another hash`)
  }

  #checkRedacted(n: number, body: JsonObject, { redaction, digests }: Redacted): void {
    this.#firstGap = Math.min(this.#firstGap, n)
    this.#options.counts.redacted += 1
    const kids = digests.map(({ kid }) => kid)
    this.#checkHeld(redaction, { n, kids, body })
    // Items behind one that was taken out of a list have moved up.
    const isThere = (tokens: readonly string[]) => {
      const parent = valueAt(body, tokens.slice(0, -1))
      return isJsonObject(parent) && memberOf(parent, tokens.at(-1) ?? '') !== undefined
    }
    if (redaction.paths.some(path => isThere(pointerTokens(path))))
      this.#fail('erasure_unfounded', n, `What record ${redaction.at} says is taken out is still there`)
  }

  #checkDisclosures(n: number, body: JsonObject, { line, digests }: Disclosing): void {
    const { counts, isHidden } = this.#options
    const closed = new Map(digests.map(one => [one.digest, one]))
    for (const text of line.disclosures) {
      const opened = parseDisclosure(text) && closed.get(disclosureDigest(text))
      if (opened) {
        counts.disclosures += 1
        closed.delete(opened.digest)
        this.#checkErased(n, opened.kid)
      } else this.#fail('disclosure_altered', n, 'A disclosure does not fit any digest of the body')
    }
    const kids = new Set(digests.map(({ kid }) => kid))
    const erasures = [...kids].flatMap(kid => this.#erasuresOf(n, kid))
    for (const { targets } of erasures) targets.add(n)
    if (line.erasedBy !== undefined && !erasures.some(({ at }) => at === line.erasedBy)) {
      this.#fail('erasure_unfounded', n, `Entry ${line.erasedBy} is no erasure of a key of it`)
      return
    }
    const closedKids = [...closed.values()].map(({ kid }) => kid)
    const erased = closedKids.filter(kid => this.#erasuresOf(n, kid).length > 0)
    counts.erased += erased.length
    for (const erasure of new Set(erased.flatMap(kid => this.#erasuresOf(n, kid))))
      this.#checkHeld(erasure, { n, kids: [], body })
    const open = closedKids.length - erased.length
    if (isHidden) counts.hidden += open
    else if (open > 0)
      this.#fail(
        'absence_unexplained',
        n,
        `${open} disclosures are absent, and no later erasure has their keys`,
      )
  }

  /** Of a field that is there. */
  #checkErased(n: number, kid: string): void {
    const [erasure] = this.#erasuresOf(n, kid)
    if (erasure)
      this.#fail('erasure_unfounded', n, `A field that record ${erasure.at} says is erased is still there`)
  }

  #erasuresOf(n: number, kid: string): readonly Erasure[] {
    return this.#options.book.erasures.get(kid)?.filter(({ at }) => at > n) ?? []
  }

  #checkHeld(removal: { readonly at: number; readonly held: PartialHolds }, { n, kids, body }: Held): void {
    const { held, at } = removal
    // A stream may have another name than its events would give it.
    const isInStream = held.streams.has(streamOf(body)) || held.ofStreams.some(entries => entries.at(n))
    if (isInStream || kids.some(kid => held.kids.has(kid)))
      this.#fail('removal_during_hold', at, `A hold covered entry ${n}, which it removes from`)
  }

  #fail(code: Parameters<Findings['fail']>[0], n: number, message: string): void {
    this.#options.findings.fail(code, n, message)
  }
}

interface Redacted {
  readonly redaction: Redaction
  readonly digests: readonly HiddenDigest[]
}

interface Disclosing {
  readonly line: BodyLine
  readonly digests: readonly HiddenDigest[]
}

interface Held {
  readonly n: number
  readonly kids: readonly string[]
  readonly body: JsonObject
}

/** The envelope that a body is; undefined where it is no JSON object. */
export function bodyOf(text: string): JsonObject | undefined {
  try {
    const value = parseJson(text)
    return isJsonObject(value) ? value : undefined
  } catch {
    return undefined
  }
}
