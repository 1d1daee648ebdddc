import type { DoctorReport, Fault, StoreInspection } from 'keelson'
import { examineStore } from 'keelson'
import { printable, printableJson } from '../event-line.ts'
import { CommandFailure } from '../exit-code.ts'
import { Progress } from '../progress.ts'
import { archiveAt } from './archive.ts'
import type { LogsReport } from './doctor-logs.ts'
import { examineLogs, logsText } from './doctor-logs.ts'
import { interruptible } from './interrupt.ts'
import { openInspection } from './open-place.ts'
import type { Place } from './place.ts'
import type { KeySettings } from './sealed-store.ts'

export interface DoctorFlags {
  readonly archive?: string
  readonly json?: boolean
  readonly quiet?: boolean
}

const shownFindings = 5
const logRemedy = 'Compare with a backup, and with a checkpoint that others have kept.'
/** What a row has for a body that was archived. */
const archivedNumber = 1

/** Checks a store and prints what it found; exit code 1 where there are faults. */
export async function doctorCommand(
  place: Place,
  flags: DoctorFlags,
  settings: KeySettings = {},
): Promise<void> {
  const started = performance.now()
  const { report, unseen, logs } = await interruptible(
    'Stopped before everything was checked',
    async signal => {
      const examined = await examine(place, flags, signal)
      const progress = progressOf(flags)
      let done = 0
      const onEntries = (entries: number): void => {
        done += entries
        progress.update(done, 'sealed fields', examined.report.events)
      }
      const logs = await examineLogs(place, { ...examined, settings, signal, onEntries }).finally(() =>
        progress.end(),
      )
      return { ...examined, logs }
    },
  )
  const seconds = (performance.now() - started) / 1000
  const isSound = report.isSound && logs.faults.length === 0
  process.stdout.write(
    flags.json
      ? `${printableJson({ ...report, isSound, unseen, logs })}\n`
      : text({ report, unseen, seconds, logs, isSound }),
  )
  if (isSound) return
  const count = report.faults.reduce((sum, fault) => sum + fault.count, logs.faults.length)
  throw new CommandFailure(`The store has ${count} ${count === 1 ? 'fault' : 'faults'}`)
}

const progressOf = ({ quiet, json }: DoctorFlags): Progress =>
  new Progress(undefined, quiet === true || json === true, 'events')

/** The report, and how many archived bodies were not looked at because no archive was named. */
async function examine(
  place: Place,
  flags: DoctorFlags,
  signal: AbortSignal,
): Promise<{ readonly report: DoctorReport; readonly unseen: number; readonly isCurrent: boolean }> {
  const blobs = await archiveAt(flags.archive)
  await using inspection = await openInspection(place)
  const progress = progressOf(flags)
  const archive = blobs ? { archive: blobs } : {}
  try {
    const report = await examineStore(inspection.it, {
      tenants: await directoryTenants(inspection.it),
      ...archive,
      signal,
      onProgress: ({ part, done, total }) => progress.update(done, part, total),
    })
    const { schema, newestSchema } = inspection.it
    const unseen = blobs ? 0 : await archivedBodies(inspection.it)
    return { report, unseen, isCurrent: schema === newestSchema }
  } finally {
    progress.end()
  }
}

async function archivedBodies(store: StoreInspection): Promise<number> {
  let bodies = 0
  for (let shard = 0; shard < store.shards; shard += 1)
    bodies += (await store.bodyCounts(shard)).get(archivedNumber) ?? 0
  return bodies
}

/** Tenants that were made and may have documents before their first event. */
async function directoryTenants(store: StoreInspection): Promise<string[]> {
  if (store.schema < store.newestSchema) return []
  const tenants: string[] = []
  for await (const page of store.scan('document', { tenant: 'platform' }))
    for (const { collection, id } of page) if (collection === 'directory-tenant') tenants.push(id)
  return tenants
}

interface Found {
  readonly report: DoctorReport
  readonly unseen: number
  readonly seconds: number
  readonly logs: LogsReport
  readonly isSound: boolean
}

function text({ report, unseen, seconds, logs, isSound }: Found): string {
  const { store, schema, shards, events, tenants, streams, documents, faults } = report
  const parts = [
    `Store      ${store} (schema ${schema}${shards === 1 ? '' : `, ${shards} shards`})`,
    `Events     ${count(events)}`,
    `Besides    ${counted(tenants, 'tenant')}, ${counted(streams, 'stream')}, ${counted(documents, 'document')}`,
    ...logsText(logs),
    `Time       ${seconds.toFixed(1)} s`,
    '',
    ...faults.flatMap(faultLines),
    ...logs.faults.map(({ tenant, problem }) => `tenant ${tenant}: ${printable(problem)}`),
    ...[...new Set(logs.faults.map(({ remedy = logRemedy }) => `    What to do: ${remedy}`))],
    ...(logs.faults.length > 0 ? [''] : []),
    ...(unseen === 0
      ? []
      : [
          `Not looked at: ${counted(unseen, 'archived body', 'archived bodies')}. Name the archive with --archive.`,
        ]),
    ...(isSound ? [soundLine([...(unseen === 0 ? [] : ['archived bodies']), ...unseenNames(logs)])] : []),
  ]
  return `${parts.join('\n')}\n`
}

/** `what: why`, of which the line at the end repeats what. */
const unseenNames = ({ unseen }: LogsReport): string[] =>
  unseen.map(one => (one.split(':', 1)[0] as string).toLowerCase())

const soundLine = (unseen: readonly string[]): string =>
  unseen.length === 0
    ? 'Sound: every check passed.'
    : `Sound: every check that was made passed; not looked at: ${unseen.join(', ')}.`

function faultLines({ name, count: found, meaning, remedy, findings }: Fault): string[] {
  const lines = findings.slice(0, shownFindings).map(({ problem, position, tenant, shard }) => {
    const where = [
      shard === undefined || shard === 0 ? '' : `shard ${shard}`,
      position === undefined ? '' : `position ${position}`,
      tenant === undefined ? '' : `tenant ${tenant}`,
    ]
    return `    ${where.filter(part => part !== '').join(', ')}${where.every(part => part === '') ? '' : ': '}${printable(problem)}`
  })
  if (found > shownFindings) lines.push(`    … and ${count(found - shownFindings)} more`)
  return [`${name} (${count(found)}): ${meaning}`, ...lines, `    What to do: ${remedy}`, '']
}

const count = (value: number): string => value.toLocaleString('en-US')

const counted = (value: number, one: string, many = `${one}s`): string =>
  `${count(value)} ${value === 1 ? one : many}`
