import type { JsonObject, JsonValue } from 'keelson'
import { toUtc } from 'keelson'
import { listAt, objectAt, textAt, valueAt } from '../record/member.ts'

/** Members with the time of an action; for the others the last change of what it was done to. */
const byAction: Readonly<Record<string, string>> = {
  closed: 'closed_at',
  merged: 'merged_at',
  completed: 'completed_at',
  published: 'published_at',
  submitted: 'submitted_at',
  withdrawn: 'withdrawn_at',
  fixed: 'fixed_at',
  dismiss: 'dismissed_at',
  dismissed: 'dismissed_at',
  closed_by_user: 'dismissed_at',
  auto_dismissed: 'auto_dismissed_at',
  archived: 'archived_at',
  suspend: 'suspended_at',
  in_progress: 'started_at',
  created: 'created_at',
  opened: 'created_at',
}
const lastChange = [
  'updated_at',
  'completed_at',
  'submitted_at',
  'started_at',
  'published_at',
  'created_at',
] as const
/** Where the members stand in another one than that named after the event. */
const subjects: Readonly<Record<string, readonly string[]>> = {
  branch_protection_rule: ['rule'],
  code_scanning_alert: ['alert'],
  commit_comment: ['comment'],
  dependabot_alert: ['alert'],
  deploy_key: ['key'],
  deployment_review: ['workflow_run'],
  discussion_comment: ['comment'],
  fork: ['forkee'],
  issue_comment: ['comment'],
  issues: ['issue'],
  meta: ['hook'],
  organization: ['invitation', 'membership'],
  page_build: ['build'],
  ping: ['hook'],
  pull_request_review: ['review'],
  pull_request_review_comment: ['comment'],
  pull_request_review_thread: ['thread', 'pull_request'],
  repository_vulnerability_alert: ['alert'],
  secret_scanning_alert: ['alert'],
}

/**
 * When the event happened, RFC 3339, by the most telling time in its payload: that of the action, of the last change
 * of the thing, of the head commit, and at last of the repository. Undefined where there is none.
 */
export function timeOf(event: string, payload: JsonObject): string | undefined {
  const action = textAt(payload, 'action') ?? ''
  const own = subjects[event] ?? [event]
  for (const name of own) {
    const subject = objectAt(payload, name)
    const time = timeIn(subject, [byAction[action] ?? '', ...lastChange])
    if (time !== undefined) return time
  }
  return (
    timeIn(payload, ['starred_at', 'effective_date', 'updated_at', 'since', 'created_at']) ??
    pushTime(payload) ??
    repositoryTime(objectAt(payload, 'repository')) ??
    timeIn(objectAt(payload, 'installation'), ['suspended_at', 'updated_at', 'created_at'])
  )
}

function pushTime(payload: JsonObject): string | undefined {
  const head = objectAt(payload, 'head_commit') ?? objectAt(payload, 'merge_group', 'head_commit')
  // The repository of a push has the time of the push; a commit may be much older than that.
  const pushed = 'pusher' in payload ? timeIn(objectAt(payload, 'repository'), ['pushed_at']) : undefined
  return pushed ?? timeIn(head, ['timestamp']) ?? timeIn(listAt(payload, 'commits').at(-1), ['timestamp'])
}

/** The later of the last push and the last change. */
function repositoryTime(repository: JsonObject | undefined): string | undefined {
  const times = ['pushed_at', 'updated_at']
    .map(name => timeIn(repository, [name]))
    .filter(time => time !== undefined)
  return times.sort((a, b) => Date.parse(a) - Date.parse(b)).at(-1)
}

function timeIn(value: JsonValue | undefined, names: readonly string[]): string | undefined {
  for (const name of names) {
    const time = readTime(valueAt(value, name))
    if (time !== undefined) return time
  }
  return undefined
}

/** A time is a text, in pushes and installations the seconds since 1970. */
function readTime(value: JsonValue | undefined): string | undefined {
  if (typeof value === 'string') return toUtc(value) === undefined ? undefined : value
  const isSeconds =
    typeof value === 'number' && Number.isSafeInteger(value) && value > 0 && value < 253_402_300_800
  return isSeconds ? new Date(value * 1000).toISOString().replace('.000Z', 'Z') : undefined
}
