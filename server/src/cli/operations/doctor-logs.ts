import { dirname } from 'node:path'
import type { EventStore } from 'keelson'
import { toKeelsonError } from 'keelson'
import type { KeyRing, RememberedHead } from 'keelson/notary'
import {
  examineLog,
  examineSealed,
  hasKeys,
  logVerifiers,
  lostLog,
  lostLogs,
  rememberedTenants,
} from 'keelson/notary'
import { parseVerifierKey } from 'keelson/proof'
import { headFileOf, openKeys } from '../../start/open-keys.ts'
import { printable } from '../event-line.ts'
import { keyTenants } from '../log/keys/key-tenants.ts'
import { rememberedHeads } from '../log/keys/remembered-heads.ts'
import { openStore } from './open-place.ts'
import type { Place } from './place.ts'
import type { KeySettings } from './sealed-store.ts'

interface LogProblem {
  readonly tenant: string
  readonly problem: string
  /** What to do, where it is not the same for all. */
  readonly remedy?: string
}

/** What was found of the keys and the signed logs. */
export interface LogsReport {
  /** Tenants whose keys were all opened; null where the store has none. */
  readonly keys: number | null
  /** Logs that are signed, the leaves under their newest checkpoints, and what is kept of them. */
  readonly signed: number
  readonly leaves: number
  readonly tiles: number
  readonly checkpoints: number
  readonly faults: readonly LogProblem[]
  /** What could not be looked at, and why. */
  readonly unseen: readonly string[]
}

interface Examination {
  /** Whether the store has the newest schema: an older one would be changed by being opened. */
  readonly isCurrent: boolean
  readonly settings: KeySettings
  readonly signal: AbortSignal
  /** Told how many more entries were looked at for their sealed fields. */
  readonly onEntries: (count: number) => void
}

type Growing = { -readonly [Name in keyof LogsReport]: LogsReport[Name] } & {
  faults: LogProblem[]
  unseen: string[]
}

/** Opens every key there is, and holds tiles, trees and checkpoints of all tenants to their leaves. */
export async function examineLogs(
  place: Place,
  { isCurrent, settings, signal, onEntries }: Examination,
): Promise<LogsReport> {
  const report: Growing = {
    keys: null,
    signed: 0,
    leaves: 0,
    tiles: 0,
    checkpoints: 0,
    faults: [],
    unseen: [],
  }
  if (!isCurrent) report.unseen.push('Keys and signed logs: the schema of the store is another one')
  else
    try {
      await using store = await openStore(place)
      const tenants = await keyTenants(store.it, place)
      // Before what it is compared with: a server may sign meanwhile.
      const file = headFileOf({ dataDir: folderOf(place), ...settings })
      const { heads: remembered, faults: garbled } = await rememberedHeads(store.it, file)
      if (garbled > 0)
        report.unseen.push(`Remembered heads: ${counted(garbled, 'line')} of ${file} cannot be understood`)
      await using keys = await examineKeys(store.it, place, { tenants, settings, signal, report })
      const told = (tenant: string) => (error: unknown) => {
        // What comes of how the store is reached is no fault of the tenant's log.
        const { code, retryable } = toKeelsonError(error)
        if (signal.aborted || (retryable && code !== 'internal_error')) throw error
        const problem = reasonOf(error)
        if (!report.faults.some(one => one.tenant === tenant && one.problem === problem))
          report.faults.push({ tenant, problem })
      }
      for (const tenant of tenants)
        await examineOne(store.it, tenant, {
          ...{ signal, report, remembered, onEntries },
          keys: keys.opened.has(tenant) ? keys.ring : undefined,
        }).catch(told(tenant))
      for (const tenant of rememberedTenants(remembered))
        await examineLost(store.it, tenant, { remembered, report }).catch(told(tenant))
    } catch (error) {
      if (signal.aborted) throw error
      report.unseen.push(`Keys and signed logs: ${reasonOf(error)}`)
    }
  return report
}

interface Examining {
  readonly report: Growing
  readonly signal: AbortSignal
}

interface ExaminingOne extends Examining, Pick<Examination, 'onEntries'> {
  readonly remembered: ReadonlyMap<string, RememberedHead>
  /** The keys, where those of the tenant were found to open. */
  readonly keys: KeyRing | undefined
}

async function examineOne(
  store: EventStore,
  tenant: string,
  { report, signal, remembered, keys: opening, onEntries }: ExaminingOne,
): Promise<void> {
  const keys = await logVerifiers(store, tenant)
  const first = keys.at(-1)
  const head = first === undefined ? undefined : remembered.get(`${tenant}+${parseVerifierKey(first).id}`)
  const found = await examineLog(store, tenant, { keys, remembered: head, signal })
  report.signed += found.size > 0 ? 1 : 0
  report.leaves += found.size
  report.tiles += found.tiles
  report.checkpoints += found.checkpoints
  const sealed = await examineSealed(store, tenant, { keys: opening, signal, onEntries })
  for (const problem of [...found.faults, ...sealed]) report.faults.push({ tenant, problem })
}

/** A log that is remembered, of whose keys nothing is left, was taken away where its tenant was not deleted. */
async function examineLost(
  store: EventStore,
  tenant: string,
  { remembered, report }: Pick<ExaminingOne, 'remembered' | 'report'>,
): Promise<void> {
  for (const lost of await lostLogs(store, tenant, remembered))
    report.faults.push({ tenant, problem: lostLog(lost), remedy: lostRemedy })
}

const lostRemedy =
  'Look for the log in a backup. Of a tenant that was deleted, also by an older version, run `keelson log accept-deletion`.'

/** The keys as long as they are needed, and the tenants of whom all open. */
interface ExaminedKeys extends AsyncDisposable {
  readonly ring: KeyRing | undefined
  readonly opened: ReadonlySet<string>
}

async function examineKeys(
  store: EventStore,
  place: Place,
  {
    tenants,
    settings,
    signal,
    report,
  }: Examining & { readonly tenants: readonly string[]; readonly settings: KeySettings },
): Promise<ExaminedKeys> {
  const opened = new Set<string>()
  const none = { ring: undefined, opened, [Symbol.asyncDispose]: async () => undefined }
  if (!(await hasKeys(store))) return none
  let ring: KeyRing
  try {
    ring = await openKeys(store, { dataDir: folderOf(place), ...settings })
  } catch (error) {
    // A backup is checked without the key that is kept elsewhere.
    report.unseen.push(`Keys: ${reasonOf(error)}`)
    return none
  }
  for (const tenant of tenants)
    try {
      await ring.check(tenant, { isWhole: true, signal })
      opened.add(tenant)
    } catch (error) {
      if (signal.aborted) await ring.close()
      signal.throwIfAborted()
      report.faults.push({ tenant, problem: reasonOf(error) })
    }
  report.keys = opened.size
  return { ring, opened, [Symbol.asyncDispose]: () => ring.close() }
}

const folderOf = (place: Place): string => (place.kind === 'sqlite' ? dirname(place.path) : '.keelson')

function reasonOf(error: unknown): string {
  const { code, message } = toKeelsonError(error)
  return code === 'internal_error' ? 'Something that is kept of it cannot be read' : `${message} [${code}]`
}

const count = (value: number): string => value.toLocaleString('en-US')

const counted = (value: number, one: string): string => `${count(value)} ${value === 1 ? one : `${one}s`}`

/** Lines of the report for people. */
export function logsText({
  keys,
  signed,
  leaves,
  tiles,
  checkpoints,
  unseen,
}: LogsReport): readonly string[] {
  const kept = `${count(leaves)} leaves, ${counted(tiles, 'full tile')}, ${counted(checkpoints, 'checkpoint')}`
  return [
    ...(keys === null ? [] : [`Keys       all that there are of ${counted(keys, 'tenant')} open`]),
    ...(signed === 0 && checkpoints === 0 ? [] : [`Signed     ${counted(signed, 'log')}: ${kept}`]),
    ...unseen.map(what => `Not looked at: ${printable(what)}`),
  ]
}
