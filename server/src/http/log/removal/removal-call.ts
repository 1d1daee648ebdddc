import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Platform } from 'keelson'
import { KeelsonError } from 'keelson'
import type { ApprovalInput, ApproverConsent } from 'keelson/notary'
import type { DeliveryAct } from '../../delivery/audit.ts'
import { audit } from '../../delivery/audit.ts'
import type { TenantViewer } from '../../delivery/delivery-caller.ts'
import { MemberReader, readObject } from '../../delivery/member-reader.ts'
import { QueryReader } from '../../query.ts'
import type { ServerContext } from '../../server-context.ts'
import { logCaller } from '../log-caller.ts'

/** Bytes of a request's body. */
export const maxBody = 64 * 1024

/** Characters of what a signer is called, and of a signature with room to spare. */
const longestName = 128
const longestSignature = 200

export const longestWords = 500

export interface ById {
  readonly Params: { readonly id: string }
}

/** A caller who may remove content, or keep it from being removed. */
export const remover = (request: FastifyRequest, server: ServerContext): Promise<TenantViewer> =>
  logCaller(request, server)

/** A reader of the body's members. */
export const readBody = async (request: FastifyRequest, known: readonly string[]): Promise<MemberReader> =>
  new MemberReader(await readObject(request, maxBody), known)

/** A member that must be there: empty where it is not, which `done` refuses. */
export function required(reader: MemberReader, name: string, most: number): string {
  reader.require(name)
  return reader.text(name, most) ?? ''
}

/** @throws KeelsonError `request_invalid`. */
export async function readApproval(request: FastifyRequest): Promise<ApprovalInput> {
  const reader = await readBody(request, ['key', 'signature'])
  const key = required(reader, 'key', longestName)
  const signature = required(reader, 'signature', longestSignature)
  reader.done()
  return { key, signature }
}

/** What an approver agrees with, where the body has it. Faults are reported by the reader's `done`. */
export function readConsent(body: MemberReader): ApproverConsent | undefined {
  const reader = body.object('consent', ['name', 'signature'])
  if (reader === undefined) return undefined
  return {
    name: required(reader, 'name', longestName),
    signature: required(reader, 'signature', longestSignature),
  }
}

/** Names of those who are to sign. */
export function readApprovers(reader: MemberReader): { readonly approvers?: readonly string[] } {
  const approvers = reader.texts('approvers', 100, longestName)
  return approvers === undefined ? {} : { approvers }
}

/** A page of a list that goes on behind an id. */
export function readPaging(given: unknown): { readonly limit: number; readonly after?: string } {
  const query = new QueryReader(given, ['limit', 'cursor'])
  const limit = query.integer('limit', 1, 500, 50)
  const cursor = query.text('cursor')
  query.done()
  if (cursor === undefined) return { limit }
  const after = Buffer.from(cursor, 'base64url').toString('latin1')
  if (!/^[\w.-]{1,128}$/.test(after)) throw new KeelsonError('cursor_invalid')
  return { limit, after }
}

/** The first `limit` of what was found with one more, and how to go on. */
export function toPage<Item extends { readonly id: string }>(found: readonly Item[], limit: number) {
  const data = found.slice(0, limit)
  const last = data.at(-1)
  const nextCursor =
    found.length > limit && last !== undefined ? Buffer.from(last.id, 'latin1').toString('base64url') : null
  return { data, page: { nextCursor, hasMore: nextCursor !== null } }
}

/** Writes a change down as `audit` does; a call that only repeats one has changed nothing, and is none. */
export async function auditChange(
  platform: Platform,
  caller: TenantViewer,
  { isRepeat = false }: { readonly isRepeat?: boolean },
  act: DeliveryAct,
): Promise<void> {
  if (!isRepeat) await audit(platform, caller, act)
}

/** Aborts when the client has gone or the server stops. */
export function workSignal(reply: FastifyReply, { stopping }: ServerContext): AbortSignal {
  const gone = new AbortController()
  reply.raw.once('close', () => {
    if (!reply.raw.writableFinished) gone.abort(new KeelsonError('request_timeout', 'The client broke off'))
  })
  return AbortSignal.any([gone.signal, stopping])
}
