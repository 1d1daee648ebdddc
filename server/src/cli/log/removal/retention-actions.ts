import type { ApproverDraft, RetentionPolicyItem, RetentionRunResult } from '../../../api/types.ts'
import { call } from '../../client.ts'
import type { Connection } from '../../connection.ts'
import { get, send } from '../../delivery/api.ts'
import { flagNumber, table } from '../../delivery/table.ts'
import { printable, printableJson } from '../../event-line.ts'
import { confirmName } from '../../operations/ask.ts'
import { interruptible } from '../../operations/interrupt.ts'
import { approverOf, readSigner } from '../approver/approver-key.ts'
import { signRecord } from '../approver/sign-record.ts'
import { counted } from '../words.ts'

interface Flags {
  readonly json?: boolean
}

export async function listCommand(connection: Connection, { json }: Flags): Promise<void> {
  const { data } = await get<{ data: readonly RetentionPolicyItem[] }>(connection, '/v1/retention-policies')
  if (json) for (const item of data) process.stdout.write(`${printableJson(item)}\n`)
  else if (data.length === 0) process.stderr.write('There are no retention policies.\n')
  else
    process.stdout.write(
      table(
        ['ID', 'VERSION', 'DAYS', 'LOCKED', 'TYPES', 'SIGNED'],
        data.map(({ id, version, minimumDays, locked, eventTypes, approvedBy }) => [
          id,
          version,
          minimumDays,
          locked ? 'yes' : 'no',
          eventTypes?.join(', ') ?? 'all',
          approvedBy.join(', '),
        ]),
      ),
    )
}

interface SetFlags extends Flags {
  readonly days: string
  readonly locked?: boolean
  readonly type?: string[]
  readonly signWith?: string
  readonly yes?: boolean
}

/** Makes or changes a policy: for how many days events are kept at least. */
export async function setCommand(connection: Connection, id: string, flags: SetFlags): Promise<void> {
  const path = '/v1/retention-policies'
  const asked = {
    id,
    minimumDays: flagNumber('days', flags.days),
    ...(flags.locked ? { locked: true } : {}),
    ...(flags.type === undefined ? {} : { eventTypes: flags.type }),
  }
  const consent = flags.signWith === undefined ? {} : await agree(connection, path, asked, flags)
  const policy = await send<RetentionPolicyItem>(connection, path, { ...asked, ...consent })
  const { version, minimumDays, locked, approvedBy } = policy
  const signed = approvedBy.length === 0 ? '' : `; signed by ${approvedBy.join(', ')}`
  process.stdout.write(
    flags.json
      ? `${printableJson(policy)}\n`
      : `${printable(policy.id)}@${version} keeps events for ${counted(minimumDays, 'day')} at least${locked ? ', and is locked' : ''}${printable(signed)}.\n`,
  )
  if (policy.warning !== undefined) process.stderr.write(`${printable(policy.warning)}.\n`)
}

/** The consent of an approver to a policy as it is asked for. */
async function agree(
  connection: Connection,
  path: string,
  asked: Readonly<Record<string, unknown>>,
  { signWith = '', yes = false, type }: SetFlags,
): Promise<{ readonly consent: { readonly name: string; readonly signature: string } }> {
  const signer = readSigner(signWith)
  const { record } = await send<ApproverDraft>(connection, path, { ...asked, dryRun: true })
  const { name } = await approverOf(connection, signer)
  const { id, minimumDays, locked = false } = asked
  const eventTypes = type && [...new Set(type)].sort()
  const expected = { action: 'policy', policy: id, minimumDays, locked, eventTypes }
  return { consent: { name, signature: await signRecord(signer, record, expected, yes) } }
}

/** Removes the content of events that a policy lets go; with `--dry-run` it is only counted. */
export async function applyCommand(
  connection: Connection,
  id: string,
  flags: Flags & { readonly before?: string; readonly dryRun?: boolean; readonly yes?: boolean },
): Promise<void> {
  const { before, dryRun = false, yes = false } = flags
  const question =
    'The content of events that the policy lets go is removed for good.\nType its id to go on: '
  await confirmName(id, question, yes || dryRun)
  const body = JSON.stringify({ policy: id, dryRun, ...(before === undefined ? {} : { before }) })
  const result = await interruptible('Stopped; the same command goes on from here', async signal => {
    const headers = { 'content-type': 'application/json' }
    const answer = await call(connection, '/v1/retention-runs', { method: 'POST', headers, body, signal })
    return (await answer.json()) as RetentionRunResult
  })
  process.stdout.write(flags.json ? `${printableJson(result)}\n` : `${toLine(result)}\n`)
}

function toLine({ policy, dryRun, removed, held, unreachable, receipts }: RetentionRunResult): string {
  const leaves = receipts.map(({ n }) => n).join(', ')
  const parts = [
    `${counted(removed, 'event')} ${dryRun ? 'would be' : removed === 1 ? 'was' : 'were'} removed`,
    ...(held > 0 ? [`${held} kept by holds`] : []),
    ...(unreachable > 0 ? [`${unreachable} in an archive that cannot be reached`] : []),
    ...(leaves === '' ? [] : [`recorded in leaf ${leaves}`]),
  ]
  return `${printable(policy)}: ${parts.join('; ')}.`
}
