import type { JsonObject } from 'keelson'
import { listAt, textAt } from '../record/member.ts'
import type { ResourceFacts } from '../record/to-audit-event.ts'
import { conclusionOf } from './outcome.ts'
import { scopeOf } from './resource.ts'

/** Actions that do not read well after a name as they stand. */
const verbs: Readonly<Record<string, string>> = {
  added_to_repository: 'gave a repository to',
  assigned: 'assigned someone to',
  category_changed: 'changed the category of',
  checks_requested: 'requested checks of',
  closed_by_user: 'closed',
  converted_to_draft: 'made a draft of',
  create: 'created',
  demilestoned: 'took the milestone from',
  dismiss: 'dismissed',
  in_progress: 'started',
  labeled: 'put a label on',
  member_added: 'added',
  member_invited: 'invited',
  member_removed: 'removed',
  milestoned: 'set the milestone of',
  new_permissions_accepted: 'accepted new permissions of',
  pending_cancellation: 'announced the cancellation of',
  pending_tier_change: 'announced another tier of',
  privatized: 'made private',
  publicized: 'made public',
  ready_for_review: 'asked for a review of',
  removed_from_repository: 'took a repository from',
  requested_action: 'requested an action of',
  review_request_removed: 'withdrew a review request for',
  review_requested: 'requested a review of',
  suspend: 'suspended',
  synchronize: 'pushed to',
  unanswered: 'unmarked the answer of',
  unassigned: 'took someone off',
  unlabeled: 'took a label off',
  unsuspend: 'resumed',
  waiting: 'awaits approval of',
  withdrawn: 'withdrew',
}

/** Events whose name, or name and action, say it in words of their own. */
const phrases: Readonly<Record<string, string>> = {
  create: 'created',
  delete: 'deleted',
  'deployment_review.requested': 'requested approval of',
  fork: 'forked',
  gollum: 'edited',
  'installation_repositories.added': 'added repositories to',
  'installation_repositories.removed': 'removed repositories from',
  page_build: 'ran',
  ping: 'tested',
  public: 'made public',
  repository_import: 'imported',
  'star.created': 'starred',
  'star.deleted': 'unstarred',
  status: 'set a status of',
  team_add: 'gave a repository to',
  'watch.started': 'starred',
  workflow_dispatch: 'started',
}

/** What people say of a part of something: a comment on it, a review of it. */
const parts: Readonly<Record<string, readonly [noun: string, member: string]>> = {
  discussion_comment: ['a comment on discussion', 'discussion'],
  issue_comment: ['a comment on issue', 'issue'],
  pull_request_review: ['a review of pull request', 'pull_request'],
  pull_request_review_comment: ['a review comment on pull request', 'pull_request'],
  pull_request_review_thread: ['a review thread of pull request', 'pull_request'],
}
const ended = new Set([
  'check_run',
  'check_suite',
  'page_build',
  'repository_import',
  'status',
  'workflow_job',
  'workflow_run',
])

/** One English line: who, did what, to what kind of thing, which one, and how it ended. */
export function summaryOf(event: string, payload: JsonObject, who: string, resource: ResourceFacts): string {
  const action = textAt(payload, 'action')
  const verb = verbOf(event, action, payload)
  const part = parts[event]
  if (part !== undefined)
    return `${who} ${verb} ${part[0]} ${scopeOf(payload)}#${textAt(payload, part[1], 'number') ?? '?'}`
  if (event === 'github_app_authorization') return `${who} revoked the authorization of a GitHub App`
  if (event === 'repository_dispatch')
    return `${who} sent ${action ?? 'an event'} to ${thing(resource, payload)}`
  const conclusion = conclusionOf(event, payload)
  if (event === 'deployment_status')
    return `${who} set ${thing(resource, payload)} to ${words(conclusion ?? 'unknown')}`
  const ending = conclusion !== undefined && ended.has(event) ? `: ${words(conclusion)}` : ''
  return `${who} ${verb} ${thing(resource, payload)}${ending}`
}

function verbOf(event: string, action: string | undefined, payload: JsonObject): string {
  if (event === 'push') return pushed(payload)
  const isMerge = event === 'pull_request' && action === 'closed'
  if (isMerge && textAt(payload, 'pull_request', 'merged_at') !== undefined) return 'merged'
  if (action === undefined) return phrases[event] ?? `reported ${words(event)} on`
  return phrases[`${event}.${action}`] ?? verbs[action] ?? words(action)
}

function pushed(payload: JsonObject): string {
  if (payload['deleted'] === true) return 'deleted'
  const commits = listAt(payload, 'commits').length
  const force = payload['forced'] === true ? 'force-' : ''
  if (commits === 0) return payload['created'] === true ? 'created' : `${force}pushed to`
  return `${force}pushed ${commits} commit${commits === 1 ? '' : 's'} to`
}

/** `pull request Codertocat/Hello-World#2`, `branch main in Codertocat/Hello-World`. */
function thing({ type, id, name }: ResourceFacts, payload: JsonObject): string {
  const scope = scopeOf(payload)
  if (id[scope.length] === '#' || id === scope) return `${words(type)} ${id}`
  const own = name ?? id.slice(id.lastIndexOf('/') + 1)
  const shown = own.includes(' ') ? `"${own}"` : own
  return id.startsWith(scope) ? `${words(type)} ${shown} in ${scope}` : `${words(type)} ${shown}`
}

const words = (name: string): string => name.replaceAll(/[_-]+/g, ' ')
