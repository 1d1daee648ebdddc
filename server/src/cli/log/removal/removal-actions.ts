import type { Connection } from '../../connection.ts'
import { get, segment, send } from '../../delivery/api.ts'
import { printable, printableJson } from '../../event-line.ts'
import { CommandFailure, exitCodes } from '../../exit-code.ts'
import { readAll } from '../pages.ts'
import { toLimit } from '../words.ts'
import type { FollowFlags } from './follow-removal.ts'
import { followRemoval } from './follow-removal.ts'
import type { SubjectFlags } from './read-subject.ts'
import { readSubject } from './read-subject.ts'
import type { RemovalItem, RemovalKind, RemovalPage } from './removal-kind.ts'
import { pathOf } from './removal-kind.ts'
import { toLine, toTable, toText } from './removal-text.ts'

interface Flags {
  readonly json?: boolean
}

export async function listCommand(
  connection: Connection,
  kind: RemovalKind,
  flags: Flags & { readonly limit: string },
): Promise<void> {
  const ask = (query: URLSearchParams) => get<RemovalPage>(connection, pathOf(kind), query)
  const { items, hasMore } = await readAll(ask, toLimit(flags.limit))
  if (flags.json) for (const item of items) process.stdout.write(`${printableJson(item)}\n`)
  else if (items.length === 0) process.stderr.write(`There are no ${kind}s.\n`)
  else process.stdout.write(toTable(kind, items))
  if (hasMore && !flags.json)
    process.stderr.write(`${items.length} ${kind}s; there are more: raise --limit\n`)
}

export async function showCommand(
  connection: Connection,
  kind: RemovalKind,
  id: string,
  { json }: Flags,
): Promise<void> {
  const item = await get<RemovalItem>(connection, `${pathOf(kind)}/${segment(id)}`)
  process.stdout.write(json ? `${printableJson(item)}\n` : `${toText(kind, item)}\n`)
}

/** Asks for the erasure of a subject, which is read as `readSubject` has it. */
export async function eraseCommand(
  connection: Connection,
  given: string | undefined,
  flags: FollowFlags &
    SubjectFlags & { readonly basis: string; readonly request: string; readonly approver?: string[] },
): Promise<void> {
  const { basis, request, approver } = flags
  const subject = await readSubject(given, flags)
  const body = { subject, basis, request, ...(approver === undefined ? {} : { approvers: approver }) }
  const item = await send<RemovalItem>(connection, pathOf('erasure'), body)
  await followRemoval(connection, 'erasure', item, flags)
}

/** Asks that members be taken out of an event. */
export async function redactCommand(
  connection: Connection,
  eventId: string,
  flags: FollowFlags & {
    readonly pointer: readonly string[]
    readonly reason: string
    readonly approver?: string[]
  },
): Promise<void> {
  const { pointer: pointers, reason, approver } = flags
  const body = { eventId, pointers, reason, ...(approver === undefined ? {} : { approvers: approver }) }
  const item = await send<RemovalItem>(connection, pathOf('redaction'), body)
  await followRemoval(connection, 'redaction', item, flags)
}

/**
 * Signs a removal with a key that never leaves this machine. What is signed is shown before.
 *
 * @throws CommandFailure with exit code 5 where nothing waits for a signature.
 */
export async function approveCommand(
  connection: Connection,
  kind: RemovalKind,
  id: string,
  flags: FollowFlags & { readonly signWith: string; readonly yes?: boolean },
): Promise<void> {
  const { approverOf, readSigner } = await import('../approver/approver-key.ts')
  const { signRecord } = await import('../approver/sign-record.ts')
  const signer = readSigner(flags.signWith)
  const path = `${pathOf(kind)}/${segment(id)}`
  const item = await get<RemovalItem>(connection, path)
  if (item.status !== 'awaiting-approval')
    throw new CommandFailure(`Not signed. ${printable(toLine(kind, item))}`, exitCodes.conflict)
  const { name } = await approverOf(connection, signer)
  if (!item.approvers.includes(name))
    throw new CommandFailure(
      `It is for ${item.approvers.join(', ')} to sign, and the key is that of ${name}`,
      exitCodes.notAllowed,
    )
  const signature = await signRecord(signer, item.record, { action: kind }, flags.yes === true)
  const approved = await send<RemovalItem>(connection, `${path}/approvals`, { key: name, signature })
  await followRemoval(connection, kind, approved, flags)
}

export async function withdrawCommand(
  connection: Connection,
  kind: RemovalKind,
  id: string,
  { json }: Flags,
): Promise<void> {
  const item = await send<RemovalItem>(connection, `${pathOf(kind)}/${segment(id)}/withdrawal`, {})
  process.stdout.write(
    json
      ? `${printableJson(item)}\n`
      : `The ${kind} ${item.id} ${item.isRepeat ? 'was withdrawn already' : 'is withdrawn'}.\n`,
  )
}
