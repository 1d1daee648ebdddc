import { commitBody } from '../leaf.ts'
import type { LogPolicy } from '../note/policy.ts'
import type { Note } from '../note/signed-note.ts'
import { hashText } from '../tree/node.ts'
import { parseTilePath } from '../tree/tile.ts'
import { parseBodyLine } from './body-line.ts'
import { BodyReader } from './body-reader.ts'
import { bodyOf, ContentCheck } from './content-check.ts'
import { Findings } from './failure.ts'
import type { Head } from './heads.ts'
import { checkQuorum, openHead, openPolicy } from './heads.ts'
import type { LeafEntry } from './leaf-reader.ts'
import { LeafReader } from './leaf-reader.ts'
import { isRecordKind } from './log-record.ts'
import type { Manifest } from './manifest.ts'
import { checkFiles, proofIndex, readManifest } from './manifest.ts'
import { takeOuterRecords } from './outer-records.ts'
import type { ProofFile } from './proof-files.ts'
import { headTextOf, leafOfProof, ProofCheck, readProof } from './proof-files.ts'
import { isTileOf, RangeTree } from './range-tree.ts'
import { RecordBook } from './record-book.ts'
import type { BundleSource } from './source.ts'
import { readText, readWhole } from './source.ts'
import { stampedAt } from './time-stamp.ts'
import { explainUnlisted } from './unlisted-keys.ts'
import type { AppliedPolicy, HeadStamp, Verdict } from './verdict.ts'
import { noCounts } from './verdict.ts'
import type { TreeCheck } from './whole-tree.ts'
import { WholeTree } from './whole-tree.ts'

export interface VerifyOptions {
  /** A policy (C2SP tlog-policy) with keys that are known from elsewhere, in the place of the bundle's own. */
  readonly policy?: string
  /** A checkpoint that was kept: the log must go on from it. */
  readonly against?: string
  readonly onProgress?: (progress: VerifyProgress) => void
  readonly signal?: AbortSignal
}

/** What is being looked at: first the files, then all entries, then what they hold. */
export interface VerifyProgress {
  readonly step: 'files' | 'entries' | 'content'
  readonly done: number
  readonly total: number
}

const longestNote = 1_000_000
const longestPolicy = 100_000
/** More files than this are no bundle: a tile stands for 256 entries. */
const mostFiles = 2_000_000

/** One run over a bundle. */
export class Verification {
  readonly #source: BundleSource
  readonly #options: VerifyOptions
  readonly #findings = new Findings()
  readonly #counts = noCounts()
  readonly #names = new Set<string>()
  readonly #book = new RecordBook(this.#findings)
  readonly #older: Head[] = []
  readonly #proofs = new Map<number, ProofFile>()
  readonly #continues: number[] = []
  readonly #timestamps: HeadStamp[] = []
  /** Notes that no key of the policy has signed. */
  readonly #unsigned = new Map<string, Note>()
  #policy: LogPolicy | undefined
  #manifest: Manifest | undefined
  #head: Head | undefined
  #proofCheck: ProofCheck | undefined
  #policies: readonly AppliedPolicy[] = []
  #isFinished = false

  constructor(source: BundleSource, options: VerifyOptions) {
    this.#source = source
    this.#options = options
  }

  async run(): Promise<Verdict> {
    try {
      await this.#list()
      await this.#openHeads()
      const [policy, findings] = [this.#policy, this.#findings]
      this.#proofCheck = new ProofCheck({ policy, findings, head: this.#head })
      await this.#checkFiles()
      const head = this.#head
      if (head !== undefined) await this.#checkLog(head)
      this.#proofCheck.finish()
      this.#counts.proofs = this.#proofCheck.proved
      const hasOuter = this.#has('records.ndjson')
      const [source, book, unsigned] = [this.#source, this.#book, this.#unsigned]
      await explainUnlisted({ source, findings, book, hasOuter, unsigned })
      this.#isFinished = head !== undefined
    } catch (error) {
      this.#options.signal?.throwIfAborted()
      const message = error instanceof Error ? error.message : String(error)
      this.#findings.fail('file_unreadable', 'bundle', message)
    }
    return this.#verdict()
  }

  get #range(): { readonly from: number; readonly to: number } {
    const { from, to } = this.#manifest ?? { from: 0, to: this.#head?.size ?? 0 }
    return { from, to }
  }

  async #list(): Promise<void> {
    for await (const name of this.#source.files()) {
      if (this.#names.size >= mostFiles) throw new TypeError(`It has more than ${mostFiles} files`)
      this.#names.add(name)
    }
    const needed = ['checkpoint', 'policy', 'leaves.ndjson', 'bodies.ndjson']
    for (const file of needed)
      if (!this.#names.has(file)) this.#findings.fail('bundle_incomplete', file, 'The file is not there')
  }

  async #openHeads(): Promise<void> {
    const policy = this.#options.policy ?? (await this.#text('policy', longestPolicy))
    this.#policy = openPolicy(policy, this.#findings)
    this.#manifest = await readManifest(this.#source, this.#policy, this.#findings, this.#unsigned)
    const text = await this.#text('checkpoint', longestNote)
    if (text !== undefined) this.#head = await this.#openHead('checkpoint', text)
    if (text !== undefined && this.#head && this.#policy)
      checkQuorum('checkpoint', text, this.#policy, this.#findings)
    const before = await this.#text('checkpoint.prev', longestNote)
    if (before !== undefined) await this.#addOlder('checkpoint.prev', before)
    if (this.#options.against !== undefined)
      await this.#addOlder('the kept checkpoint', this.#options.against)
    if (this.#manifest && this.#head) this.#compareManifest(this.#manifest, this.#head)
  }

  #compareManifest({ origin, size }: Manifest, head: Head): void {
    if (origin !== head.origin)
      this.#findings.fail('origin_mismatch', 'manifest.json', 'The checkpoint is of another log')
    if (size !== head.size)
      this.#findings.fail(
        'size_mismatch',
        'manifest.json',
        `The checkpoint has ${head.size} entries, not ${size}`,
      )
  }

  /** A head, what is wrong with its signature, and when it was stamped. */
  async #openHead(file: string, text: string): Promise<Head | undefined> {
    const head = openHead(file, text, this.#policy, this.#findings)
    if (head === undefined) return undefined
    if (this.#policy && head.signedBy === undefined) this.#unsigned.set(file, head.note)
    const stamp = `${file}.tsr`
    if (!this.#names.has(stamp)) return head
    const bytes = await readWhole(this.#source, stamp, longestNote)
    const at = bytes && stampedAt(bytes, head.note.text)
    if (at !== undefined) this.#timestamps.push({ size: head.size, at })
    else this.#findings.fail('timestamp_invalid', stamp, `It is no time stamp (DER) of ${file}`)
    return head
  }

  /** A head that the log must go on from. */
  async #addOlder(file: string, text: string): Promise<void> {
    const head = this.#head
    const older = await this.#openHead(file, text)
    if (older === undefined || head === undefined) return
    if (older.origin !== head.origin)
      this.#findings.fail('origin_mismatch', file, 'It is a checkpoint of another log')
    else if (older.size > head.size)
      this.#findings.fail(
        'older',
        file,
        `It has ${older.size} entries and the bundle ${head.size}: the bundle is from before it, or the log was cut since. A newer bundle tells which`,
      )
    else this.#older.push(older)
  }

  async #checkFiles(): Promise<void> {
    const manifest = this.#manifest
    if (manifest !== undefined)
      await checkFiles(this.#source, manifest, this.#names, this.#findings, () => {
        this.#counts.files += 1
        this.#progress('files', this.#counts.files, manifest.files.size)
      })
    // The manifest and its note are files as well.
    for (const name of ['manifest.json', 'manifest.note']) if (this.#names.has(name)) this.#counts.files += 1
    for (const name of this.#names) {
      const tile = name.startsWith('tile/') ? parseTilePath(name) : undefined
      if (tile && this.#head && !isTileOf(this.#head.size, tile))
        this.#findings.fail('tile_forged', name, `A tree of ${this.#head.size} entries has no such tile`)
      if (proofIndex(name) !== undefined) await this.#checkProof(name)
    }
  }

  /** Those that bring no leaf along are checked when the leaf comes. */
  async #checkProof(name: string): Promise<void> {
    const found = await readProof(this.#source, name, this.#findings)
    if (found === undefined) return
    const leaf = leafOfProof(found)
    const { from, to } = this.#range
    const { index } = found.proof
    const isInside = index >= from && index < to
    if (leaf === undefined && !isInside)
      return this.#findings.fail('proof_invalid', name, 'It has no leaf, and is outside of the range')
    if (leaf !== undefined && this.#proofCheck?.check(found, leaf) !== true) return
    this.#proofs.set(index, found)
    // Its checkpoint may be another one than that of the bundle, and is to be of the same log.
    const text = headTextOf(found)
    if (!this.#older.some(({ file }) => file === text)) await this.#addProofHead(name, text)
  }

  async #addProofHead(name: string, text: string): Promise<void> {
    const head = openHead(name, text, undefined, new Findings())
    const known = [...this.#older, ...(this.#head ? [this.#head] : [])]
    if (
      head &&
      !known.some(one => one.size === head.size && one.root === head.root && one.origin === head.origin)
    )
      await this.#addOlder(name, text)
  }

  async #checkLog(head: Head): Promise<void> {
    const { from, to } = this.#range
    const outer = { source: this.#source, findings: this.#findings, book: this.#book, proofs: this.#proofs }
    const hasOuter = this.#names.has('records.ndjson')
    if (hasOuter) this.#counts.records += await takeOuterRecords(outer, { from: 0, to: from })
    const isWhole = from === 0 && to === head.size
    const isInOrder = await this.#checkEntries(head, isWhole)
    if (hasOuter)
      this.#counts.records += await takeOuterRecords(outer, { from: to, to: Number.POSITIVE_INFINITY })
    const revokedAt = head.signedBy === undefined ? undefined : this.#book.revoked.get(head.signedBy)
    if (revokedAt !== undefined && revokedAt < head.size)
      this.#findings.fail('key_revoked', revokedAt, 'It revokes the key that has signed the checkpoint')
    await this.#checkContent(isWhole && isInOrder)
  }

  async #checkEntries(head: Head, isWhole: boolean): Promise<boolean> {
    const { from, to } = this.#range
    const shared = { source: this.#source, names: this.#names, findings: this.#findings, head }
    const sizes = new Set(this.#older.map(({ size }) => size))
    const tree = isWhole ? new WholeTree({ ...shared, sizes }) : new RangeTree({ ...shared, from })
    if (tree instanceof RangeTree) await tree.open()
    const leaves = new LeafReader(this.#source, from, this.#findings)
    // What is wrong with the lines of bodies is reported when all of them are read.
    const bodies = new BodyReader(this.#source, 'bodies.ndjson', new Findings())
    try {
      for await (const entry of this.#has('leaves.ndjson') ? leaves.entries() : []) {
        await tree.add(entry.node)
        this.#finishProof(entry)
        if (entry.leaf && isRecordKind(entry.leaf.kind)) await this.#takeRecord(entry, bodies)
        this.#counts.leaves += 1
        this.#progress('entries', this.#counts.leaves, to - from)
      }
    } finally {
      await bodies.close()
    }
    if (leaves.end < to)
      this.#findings.fail('entry_missing', leaves.end, `The log ends there, before entry ${to}`)
    if (leaves.end > to)
      this.#findings.fail('size_mismatch', 'leaves.ndjson', `It ends before entry ${leaves.end}, not ${to}`)
    await tree.finish(leaves.isInOrder)
    await this.#compareOlder(tree)
    return leaves.isInOrder
  }

  #has(name: string): boolean {
    return this.#names.has(name)
  }

  #finishProof({ index, node }: LeafEntry): void {
    const found = this.#proofs.get(index)
    if (found !== undefined && found.leaf === undefined) this.#proofCheck?.check(found, node)
  }

  /** Records that do not fit their leaf are no records; that they do not is found with all other bodies. */
  async #takeRecord({ index, leaf }: LeafEntry, bodies: BodyReader): Promise<void> {
    const text = this.#has('bodies.ndjson') ? await bodies.at(index) : undefined
    const line = text === undefined ? undefined : parseBodyLine(text)
    if (leaf === undefined || line?.body === undefined || line.blind === undefined) return
    const body = commitBody(line.body, line.blind) === leaf.body ? bodyOf(line.body) : undefined
    if (body === undefined) return
    this.#book.add({ ...leaf, n: index }, body)
    this.#counts.records += 1
  }

  async #compareOlder(tree: TreeCheck): Promise<void> {
    for (const { size, root, file } of this.#older) {
      const own = await tree.rootAt(size)
      if (own === undefined)
        this.#findings.fail(
          'bundle_incomplete',
          file,
          'What would show that the log goes on from it is not there',
        )
      else if (own !== root)
        this.#findings.fail(
          'fork',
          file,
          `The first ${size} entries of the log are others than those of this head`,
        )
      else if (!this.#continues.includes(size)) this.#continues.push(size)
    }
  }

  async #checkContent(isWhole: boolean): Promise<void> {
    const { from, to } = this.#range
    if (!this.#has('bodies.ndjson') || !this.#has('leaves.ndjson')) return
    const content = new ContentCheck({
      findings: this.#findings,
      book: this.#book,
      counts: this.#counts,
      isHidden: this.#manifest?.personal === 'hidden',
    })
    const leaves = new LeafReader(this.#source, from, new Findings())
    const bodies = new BodyReader(this.#source, 'bodies.ndjson', this.#findings)
    let done = 0
    try {
      for await (const entry of leaves.entries()) {
        await this.#checkContentOf(entry, bodies, content)
        done += 1
        this.#progress('content', done, to - from)
      }
      await bodies.finish(leaves.end)
    } finally {
      await bodies.close()
    }
    content.finish(isWhole)
    this.#policies = content.policies
  }

  async #checkContentOf(
    { index, leaf, node }: LeafEntry,
    bodies: BodyReader,
    content: ContentCheck,
  ): Promise<void> {
    const text = await bodies.at(index)
    const line = text === undefined ? undefined : parseBodyLine(text)
    if (text === undefined) this.#findings.fail('entry_missing', index, 'It has no line in bodies.ndjson')
    else if (line === undefined)
      this.#findings.fail('line_malformed', index, 'Its line is not to be understood')
    else if (leaf) content.check({ ...leaf, n: index }, hashText(node, 'base64url'), line)
  }

  async #text(name: string, most: number): Promise<string | undefined> {
    if (!this.#names.has(name)) return undefined
    const text = await readText(this.#source, name, most)
    if (text === undefined) this.#findings.fail('file_unreadable', name, 'It is too long, or no text')
    return text
  }

  #progress(step: VerifyProgress['step'], done: number, total: number): void {
    if (done % 1_000 !== 0 && done !== total) return
    this.#options.signal?.throwIfAborted()
    this.#options.onProgress?.({ step, done, total })
  }

  #verdict(): Verdict {
    const head = this.#head
    const findings = this.#findings
    return {
      isVerified: this.#isFinished && findings.count === 0,
      failures: findings.kept,
      failureCount: findings.count,
      log: {
        origin: head?.origin,
        size: head?.size,
        root: head && hashText(head.root, 'base64'),
        ...this.#range,
        personal: this.#manifest?.personal,
        signedBy: head?.signedBy,
        witnesses: head?.witnesses ?? [],
        policy: this.#options.policy === undefined ? 'bundle' : 'given',
        continues: this.#continues,
        timestamps: this.#timestamps,
      },
      counts: { ...this.#counts },
      policies: this.#policies,
    }
  }
}
