import type { ApproverDraft, ApproverItem } from '../../../api/types.ts'
import type { Connection } from '../../connection.ts'
import { get, segment, send } from '../../delivery/api.ts'
import { flagNumber, table } from '../../delivery/table.ts'
import { printable, printableJson } from '../../event-line.ts'
import { toTime } from '../words.ts'
import { approverOf, readSigner } from './approver-key.ts'
import { signRecord } from './sign-record.ts'

interface Flags {
  readonly json?: boolean
}

interface ConsentFlags extends Flags {
  readonly signWith?: string
  readonly yes?: boolean
}

export async function listCommand(connection: Connection, { json }: Flags): Promise<void> {
  const { data, approvalsNeeded } = await get<{
    data: readonly ApproverItem[]
    approvalsNeeded: number
  }>(connection, '/v1/approvers')
  if (json) for (const item of data) process.stdout.write(`${printableJson(item)}\n`)
  else if (data.length === 0) process.stderr.write('There are no approvers: removals need no signature.\n')
  else {
    const rows = data.map(({ name, registeredAt, revokedAt }) => [
      name,
      toTime(registeredAt),
      revokedAt === null ? '' : toTime(revokedAt),
    ])
    process.stdout.write(table(['NAME', 'REGISTERED', 'REVOKED'], rows))
    process.stderr.write(`Removals must be signed by ${approvalsNeeded} of them.\n`)
  }
}

export async function registerCommand(
  connection: Connection,
  key: string,
  flags: ConsentFlags & { readonly approvalsNeeded?: string },
): Promise<void> {
  const approvalsNeeded = flagNumber('approvals-needed', flags.approvalsNeeded)
  const body = { key, ...(approvalsNeeded === undefined ? {} : { approvalsNeeded }) }
  const expected = { action: 'register', role: 'approver', key, approvalsNeeded }
  const made = await change(connection, '/v1/approvers', body, expected, flags)
  process.stdout.write(flags.json ? `${printableJson(made)}\n` : `Registered ${printable(made.name)}.\n`)
}

export async function revokeCommand(
  connection: Connection,
  name: string,
  flags: ConsentFlags,
): Promise<void> {
  const path = `/v1/approvers/${segment(name)}/revocation`
  const expected = { action: 'revoke', role: 'approver', name }
  const revoked = await change(connection, path, {}, expected, flags)
  process.stdout.write(
    flags.json
      ? `${printableJson(revoked)}\n`
      : `${revoked.isRepeat ? 'Revoked already:' : 'Revoked'} ${printable(revoked.name)}.\n`,
  )
}

/** Makes a change, with the consent of an approver where a key to sign it is named. */
async function change(
  connection: Connection,
  path: string,
  body: object,
  expected: Readonly<Record<string, unknown>>,
  { signWith, yes = false }: ConsentFlags,
): Promise<ApproverItem> {
  if (signWith === undefined) return send<ApproverItem>(connection, path, body)
  const signer = readSigner(signWith)
  const { record } = await send<ApproverDraft>(connection, path, { ...body, dryRun: true })
  const { name } = await approverOf(connection, signer)
  const signature = await signRecord(signer, record, expected, yes)
  return send<ApproverItem>(connection, path, { ...body, consent: { name, signature } })
}
