import type { JsonObject } from 'keelson'
import { parseFilter } from 'keelson'
import type { RetryView, StartView } from '../../../api/types.ts'
import type { OwnDefinition } from '../../../delivery/index.ts'
import { ownDefaults } from '../../../delivery/index.ts'
import { MemberReader } from '../member-reader.ts'

const members = ['types', 'topics', 'filter', 'start', 'retry', 'deadLetter', 'concurrency', 'timeoutSeconds']
const backoffs = ['fixed', 'exponential'] as const
const jitters = ['none', 'full', 'equal'] as const
const namePattern = {
  is: /^[A-Za-z0-9][\w.-]*$/,
  says: '1 to 50 letters, digits and . _ -, the first of them a letter or digit',
}
const mostNames = 100
const longestFilter = 10_000
const month = 2_592_000

/**
 * What a new subscription is to be.
 * @throws KeelsonError `request_invalid` with all faults, and what a filter's text may be refused with.
 */
export function readNew(body: JsonObject): { readonly name: string; readonly definition: OwnDefinition } {
  const reader = new MemberReader(body, ['name', ...members])
  reader.require('name')
  const name = reader.text('name', 50, namePattern) ?? ''
  const start = readStart(reader) ?? ownDefaults.start
  const definition = readDefinition(reader, start)
  reader.done()
  return { name, definition: withFilter(definition) }
}

/**
 * What a subscription is to become. Where it starts was used up when it was made.
 * @throws KeelsonError as `readNew`.
 */
export function readChanged(body: JsonObject, { start }: OwnDefinition): OwnDefinition {
  const reader = new MemberReader(body, members)
  const asked = readStart(reader)
  if (asked !== undefined && JSON.stringify(asked) !== JSON.stringify(start))
    reader.fault('start', 'cannot be changed: the subscription has begun; a new one can begin elsewhere')
  const definition = readDefinition(reader, start)
  reader.done()
  return withFilter(definition)
}

/** Parsed here, so that what is wrong is told with its place, and kept as the text that came. */
function withFilter(definition: OwnDefinition): OwnDefinition {
  if (definition.filter !== null) parseFilter(definition.filter)
  return definition
}

function readDefinition(reader: MemberReader, start: StartView): OwnDefinition {
  const concurrency = reader.number('concurrency', { least: 1, most: 200, isWhole: true })
  const timeoutSeconds = reader.number('timeoutSeconds', { least: 1, most: 3_600 })
  return {
    types: reader.texts('types', mostNames, 128) ?? null,
    topics: reader.texts('topics', mostNames, 128) ?? null,
    filter: reader.text('filter', longestFilter) ?? null,
    start,
    retry: readRetry(reader),
    deadLetter: reader.oneOf('deadLetter', ['setAside', 'parkKey']) ?? ownDefaults.deadLetter,
    concurrency: concurrency ?? ownDefaults.concurrency,
    timeoutSeconds: timeoutSeconds ?? ownDefaults.timeoutSeconds,
  }
}

function readRetry(body: MemberReader): RetryView {
  const reader = body.object('retry', ['attempts', 'backoff', 'initialSeconds', 'maxSeconds', 'jitter'])
  const { retry } = ownDefaults
  if (reader === undefined) return retry
  const initialSeconds = reader.number('initialSeconds', { least: 0, most: month }) ?? retry.initialSeconds
  const maxSeconds = reader.number('maxSeconds', { least: 0, most: month })
  if (maxSeconds !== undefined && maxSeconds < initialSeconds)
    reader.fault('maxSeconds', 'is shorter than the first wait')
  return {
    attempts: reader.number('attempts', { least: 1, most: 1_000, isWhole: true }) ?? retry.attempts,
    backoff: reader.oneOf('backoff', backoffs) ?? retry.backoff,
    initialSeconds,
    maxSeconds: maxSeconds ?? Math.max(retry.maxSeconds, initialSeconds),
    jitter: reader.oneOf('jitter', jitters) ?? retry.jitter,
  }
}

function readStart(body: MemberReader): StartView | undefined {
  const value = body.raw('start')
  if (value === undefined || value === 'beginning' || value === 'now') return value
  if (typeof value === 'string') {
    body.fault('start', 'must be beginning, now, {"position": …} or {"time": …}')
    return undefined
  }
  const reader = body.object('start', ['position', 'time'])
  if (reader === undefined) return undefined
  const position = reader.number('position', { least: 0, most: Number.MAX_SAFE_INTEGER, isWhole: true })
  const time = reader.time('time')
  if (reader.has('position') === reader.has('time')) body.fault('start', 'must be one position or one time')
  if (position !== undefined) return { position }
  return time === undefined ? undefined : { time }
}
