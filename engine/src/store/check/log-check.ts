import { zeroHash } from '../../proof/index.ts'
import { link } from '../append/links.ts'
import type { EventIdRow, EventRow, LinkRow, TenantRow } from '../transfer/rows.ts'
import { bodyNumbers } from '../transfer/rows.ts'
import { PositionCursor } from '../transfer/rows-by-position.ts'
import type { LeafParts, Report } from './event-check.ts'
import { checkBody, checkLeaf, expectedLinks } from './event-check.ts'
import type { Findings } from './fault.ts'
import { ReplacedBodies } from './replaced-bodies.ts'
import { checkSecrets } from './secret-check.ts'

interface Chain {
  readonly tenant: TenantRow
  size: number
  hash: string
  /** As the newest leaf has it; empty where it is not known. */
  time: string
  position: number
}

/** A page of the log with the rows that point at its events, all by position. */
export interface LogPage {
  readonly events: readonly EventRow[]
  readonly ids: readonly EventIdRow[]
  readonly links: readonly LinkRow[]
}

/** Checks a shard's log as it goes by: numbers, chains, leaves, bodies, and what events are found by. */
export class LogCheck {
  readonly #shard: number
  readonly #chains: Map<number, Chain>
  readonly #types: ReadonlyMap<number, string>
  readonly #findings: Findings
  readonly #replaced = new ReplacedBodies()
  #position = 0

  constructor(
    shard: number,
    tenants: readonly TenantRow[],
    types: ReadonlyMap<number, string>,
    findings: Findings,
  ) {
    this.#shard = shard
    this.#types = types
    this.#findings = findings
    this.#chains = new Map(
      tenants.map(tenant => [tenant.id, { tenant, size: 0, hash: zeroHash, time: '', position: 0 }]),
    )
  }

  get position(): number {
    return this.#position
  }

  page({ events, ids, links }: LogPage): void {
    const idsAt = new PositionCursor(ids)
    const linksAt = new PositionCursor(links)
    for (const event of events) {
      const { position } = event
      this.#event(
        event,
        idsAt.take(position, row => this.strayId(row)),
        linksAt.take(position, row => this.strayLink(row)),
      )
    }
    idsAt.rest(row => this.strayId(row))
    linksAt.rest(row => this.strayLink(row))
  }

  strayId({ position, id }: EventIdRow): void {
    this.#add('event-id-stray', position, `the id ${id} points at no event`)
  }

  strayLink({ position, link }: LinkRow): void {
    this.#add('link-stray', position, `"${link}" points at no event`)
  }

  /** Heads of tenants against the chains that were read. */
  finish(): void {
    this.#replaced.finish()
    for (const { tenant, size, hash, time, position } of this.#chains.values()) {
      const wrong: string[] = []
      if (tenant.size !== size) wrong.push(`the head has ${tenant.size} events, the log ${size}`)
      if (tenant.headHash !== hash) wrong.push('the hash of the head is not that of the newest leaf')
      if (tenant.headPosition !== position)
        wrong.push(`the head is at position ${tenant.headPosition}, the newest event at ${position}`)
      if (time !== '' && tenant.headTime !== Date.parse(time))
        wrong.push('the time of the head is not that of the newest leaf')
      for (const problem of wrong)
        this.#findings.add('tenant-head', { shard: this.#shard, tenant: tenant.name, problem })
    }
  }

  #event(event: EventRow, ids: readonly EventIdRow[], links: readonly LinkRow[]): void {
    const { position } = event
    if (position !== this.#position + 1)
      this.#add('position-gap', position, `position ${position} follows ${this.#position}`)
    this.#position = position
    const chain = this.#chains.get(event.tenant)
    if (!chain) {
      this.#add('tenant-unknown', position, `the event is of the tenant ${event.tenant}, which is not there`)
      return
    }
    const report: Report = (name, problem) => this.#add(name, position, problem, chain.tenant.name)
    if (event.sequence !== chain.size)
      report('sequence-gap', `sequence ${event.sequence} follows ${chain.size - 1}`)
    if (!this.#types.has(event.type)) report('type-unknown', `the event is of the type ${event.type}`)
    const leaf = chain.tenant.deletedAt === null ? this.#live(event, chain, ids, links, report) : undefined
    if (chain.tenant.deletedAt !== null) checkDeleted(event, ids, links, report)
    chain.size = event.sequence + 1
    chain.hash = event.leafHash
    chain.time = leaf?.time ?? ''
    chain.position = position
  }

  #live(
    event: EventRow,
    chain: Chain,
    ids: readonly EventIdRow[],
    links: readonly LinkRow[],
    report: Report,
  ): LeafParts | undefined {
    if (event.state === bodyNumbers.deleted) {
      report('body-missing', 'the event is marked as that of a deleted tenant, and the tenant is there')
      return undefined
    }
    const leaf = checkLeaf(event, report)
    if (!leaf) return undefined
    if (leaf.previous !== chain.hash)
      report('chain-broken', 'the previous hash is not that of the leaf before')
    if (leaf.time < chain.time) report('chain-broken', 'the time recorded is before that of the leaf before')
    const body = checkBody(event, leaf, chain.tenant, this.#types.get(event.type), report)
    if (body?.other !== undefined)
      this.#replaced.add(
        event.tenant,
        event.sequence,
        { commitment: body.other, leafHash: event.leafHash },
        () => report('body-damaged', 'the leaf does not commit to the body'),
      )
    else if (leaf.kind === 'redaction') this.#replaced.record(event.tenant, body?.envelope?.payload)
    checkIds(event, leaf.id, ids, report)
    // What was redacted may have hidden more than is left of it; what is left must be found all the same.
    const mayHaveMore = body?.other === undefined ? () => false : isKey
    checkLinks(event, body?.envelope && expectedLinks(body.envelope), links, { report, mayHaveMore })
    checkSecrets(event, links, report)
    return leaf
  }

  #add(name: Parameters<Findings['add']>[0], position: number, problem: string, tenant?: string): void {
    this.#findings.add(name, {
      shard: this.#shard,
      position,
      ...(tenant === undefined ? {} : { tenant }),
      problem,
    })
  }
}

/** What a deleted tenant leaves is its log's hashes. */
function checkDeleted(
  event: EventRow,
  ids: readonly EventIdRow[],
  links: readonly LinkRow[],
  report: Report,
): void {
  if (event.body !== '' || event.blind !== '' || event.leaf !== '' || event.state !== bodyNumbers.deleted)
    report('deleted-left', 'the event is still there')
  if (event.secrets !== '') report('deleted-left', 'what was sealed beside the event is still there')
  if (ids.length > 0) report('deleted-left', 'the id of the event is still there')
  if (links.length > 0) report('deleted-left', 'what the event was found by is still there')
}

const isKey = (name: string): boolean => name.startsWith(link.subjectKey(''))

function checkIds(event: EventRow, id: string, rows: readonly EventIdRow[], report: Report): void {
  let isFound = false
  for (const row of rows) {
    if (row.tenant === event.tenant && row.id === id) isFound = true
    else report('event-id-stray', `the id ${row.id} points at another event, ${id}`)
  }
  if (!isFound) report('event-id-missing', `the event ${id} is not found by its id`)
}

/** A body that is not here says nothing of its links, so that they are only held to the tenant. */
function checkLinks(
  event: EventRow,
  expected: readonly string[] | undefined,
  rows: readonly LinkRow[],
  { report, mayHaveMore }: { readonly report: Report; readonly mayHaveMore: (link: string) => boolean },
): void {
  for (const { tenant, link } of rows) {
    if (tenant !== event.tenant) report('link-stray', `"${link}" points at an event of another tenant`)
    else if (expected && !expected.includes(link) && !mayHaveMore(link))
      report('link-stray', `"${link}" points at an event that does not have it`)
  }
  for (const link of expected ?? [])
    if (!rows.some(row => row.tenant === event.tenant && row.link === link))
      report('link-missing', `the event is not found by "${link}"`)
}
