import { hash } from 'node:crypto'
import type { ErrorCode } from '../core/index.ts'
import { KeelsonError, tenantIdPattern } from '../core/index.ts'
import type { Scope } from './types.ts'

const maxNameLength = 1024
/** What every adapter can index, so that a log can move: less than the longest name where most characters take three. */
const maxNameBytes = 2_400

/** @throws KeelsonError `tenant_required` or `tenant_unknown` where this cannot be the id of a tenant. */
export function checkTenant(tenantId: string): void {
  if (typeof tenantId !== 'string' || tenantId === '') throw new KeelsonError('tenant_required')
  if (!tenantIdPattern.test(tenantId))
    throw new KeelsonError('tenant_unknown', `"${tenantId.slice(0, 100)}" cannot be the id of a tenant`)
}

/** @throws KeelsonError where this cannot be the name of a stream, collection or document. */
export function checkName(kind: string, name: string, code: ErrorCode = 'read_invalid'): void {
  if (
    typeof name === 'string' &&
    name.length > 0 &&
    name.length <= maxNameLength &&
    name.isWellFormed() &&
    !name.includes('\0') &&
    // What a store of an earlier version has taken can still be read.
    (code === 'read_invalid' || name.length * 3 <= maxNameBytes || Buffer.byteLength(name) <= maxNameBytes)
  )
    return
  throw new KeelsonError(
    code,
    `A ${kind} is named by 1 to ${maxNameLength} characters of well-formed text, in at most ${maxNameBytes} bytes`,
  )
}

/** How the streams of deleted tenants are named: nobody else's may be, or the tenant could not be deleted. */
const deletedPrefix = 'deleted:'

/** @throws KeelsonError `append_invalid` where this cannot be the name of a stream that is written. */
export function checkWrittenStream(name: string): void {
  checkName('stream', name, 'append_invalid')
  if (name.startsWith(deletedPrefix))
    throw new KeelsonError(
      'append_invalid',
      `Names of streams that begin with "${deletedPrefix}" are reserved`,
    )
}

/** @throws KeelsonError where the scope names no tenant, or not the shard that a store of several needs. */
export function checkScope(scope: Scope, shards: number): void {
  if (scope.tenantId !== 'every tenant') {
    checkTenant(scope.tenantId)
    return
  }
  const { shard } = scope as { shard?: number }
  if (shard === undefined && shards > 1)
    throw new KeelsonError(
      'read_invalid',
      `The store has ${shards} shards with positions of their own: name one, from 0 to ${shards - 1}`,
    )
  if (shard !== undefined && !(Number.isInteger(shard) && shard >= 0 && shard < shards))
    throw new KeelsonError('read_invalid', `There is no shard ${String(shard)}; the store has ${shards}`)
}

/** @throws KeelsonError where a tenant is left out of a scope that is not about every tenant. */
export function checkExcept(scope: Scope, except: string): void {
  checkTenant(except)
  if (scope.tenantId !== 'every tenant')
    throw new KeelsonError(
      'read_invalid',
      'A tenant can be left out of every tenant, not of one: take the scope of every tenant',
    )
}

/** The shard that a tenant stands on, from 0; the same for ever, in every process. */
export function shardOf(tenantId: string, shards: number): number {
  return shards === 1 ? 0 : Number.parseInt(hash('sha256', tenantId, 'hex').slice(0, 8), 16) % shards
}
