import type { JsonObject, JsonValue } from 'keelson'
import { isJsonObject, KeelsonError } from 'keelson'
import type { Failure, Settlement } from '../../../delivery/index.ts'
import { MemberReader } from '../member-reader.ts'

const mostTokens = 1_000
const longestToken = 200

/**
 * What became of deliveries.
 * @throws KeelsonError `request_invalid` with all faults.
 */
export function readSettlements(body: JsonObject): readonly Settlement[] {
  const reader = new MemberReader(body, ['done', 'failed'])
  const done =
    (reader.has('done') && isEmptyList(body['done']) ? [] : reader.texts('done', mostTokens, longestToken)) ??
    []
  const failed = readFailed(reader)
  const all: Settlement[] = [...done.map(token => ({ token })), ...failed]
  const isTwice = new Set(all.map(({ token }) => token)).size < all.length
  if (isTwice) reader.fault('done', 'names a token twice, or one that failed too: each is settled once')
  reader.done()
  if (all.length === 0)
    throw new KeelsonError('request_invalid', 'Neither `done` nor `failed` names a token', {
      faults: [{ pointer: '/done', message: 'is missing, and failed too' }],
    })
  return all
}

const isEmptyList = (value: JsonValue | undefined): boolean => Array.isArray(value) && value.length === 0

function readFailed(body: MemberReader): readonly Settlement[] {
  const value = body.raw('failed')
  if (value === undefined) return []
  if (!Array.isArray(value) || value.length > mostTokens) {
    body.fault('failed', `must be a list of at most ${mostTokens} objects`)
    return []
  }
  return value.flatMap((item, at) => readFailure(body, item, at) ?? [])
}

function readFailure(body: MemberReader, item: JsonValue, at: number): Settlement | undefined {
  if (!isJsonObject(item)) {
    body.faultAt(`/failed/${at}`, 'must be an object')
    return undefined
  }
  const reader = body.within(item, ['token', 'error', 'retry'], `/failed/${at}`)
  reader.require('token')
  reader.require('error')
  const token = reader.text('token', longestToken)
  const isPermanent = reader.has('retry') && !reader.flag('retry')
  const error = readError(reader)
  return token === undefined || error === undefined
    ? undefined
    : { token, failure: { ...error, isPermanent } }
}

function readError(failure: MemberReader): Omit<Failure, 'isPermanent'> | undefined {
  if (typeof failure.raw('error') === 'string') {
    const message = failure.text('error', 10_000)
    return message === undefined ? undefined : { name: 'Error', message }
  }
  const reader = failure.object('error', ['name', 'message', 'code'])
  if (reader === undefined) return undefined
  reader.require('message')
  const name = reader.text('name', 128) ?? 'Error'
  const message = reader.text('message', 10_000)
  const code = reader.text('code', 128)
  if (message === undefined) return undefined
  return { name, message, ...(code === undefined ? {} : { code }) }
}
