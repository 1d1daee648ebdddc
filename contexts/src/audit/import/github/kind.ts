import type { JsonObject } from 'keelson'
import { textAt, unmappable, valueAt } from '../record/member.ts'

/** How a payload of a kind looks: members it has and has not, and the actions that it can have. */
interface Shape {
  readonly has?: readonly string[]
  readonly lacks?: readonly string[]
  /** No action at all: an empty list. */
  readonly actions?: readonly string[]
  /** Has no members but these and the ones that every payload can have. */
  readonly only?: readonly string[]
}

const anywhere = ['action', 'sender', 'repository', 'organization', 'enterprise', 'installation', 'changes']
const repositoryActions = ['created', 'deleted', 'archived', 'unarchived', 'edited', 'renamed', 'transferred']

/** Source: GitHub's «Webhook events and payloads». A dotted name is a member of a member. */
const shapes: Readonly<Record<string, Shape>> = {
  branch_protection_rule: { has: ['rule', 'action', 'repository'] },
  check_run: { has: ['check_run', 'action'], lacks: ['deployment', 'deployment_status'] },
  check_suite: { has: ['check_suite', 'action'] },
  code_scanning_alert: { has: ['alert', 'commit_oid', 'ref'] },
  commit_comment: { has: ['comment.commit_id'], lacks: ['issue', 'discussion', 'pull_request'] },
  create: { has: ['ref_type', 'master_branch', 'pusher_type'], actions: [] },
  delete: { has: ['ref', 'ref_type', 'pusher_type'], lacks: ['master_branch'], actions: [] },
  dependabot_alert: { has: ['alert.dependency', 'alert.security_vulnerability'] },
  deploy_key: { has: ['key.key', 'key.read_only'], actions: ['created', 'deleted'] },
  deployment: {
    has: ['deployment', 'action'],
    lacks: ['deployment_status', 'deployment_callback_url', 'workflow_job'],
  },
  deployment_protection_rule: { has: ['deployment_callback_url', 'environment'] },
  deployment_review: { has: ['workflow_run', 'since', 'action'], lacks: ['workflow'] },
  deployment_status: { has: ['deployment_status', 'deployment'] },
  discussion: { has: ['discussion', 'action'], lacks: ['comment'] },
  discussion_comment: { has: ['discussion', 'comment', 'action'] },
  fork: { has: ['forkee'], actions: [] },
  github_app_authorization: {
    only: [],
    actions: ['revoked'],
    lacks: ['repository', 'organization', 'installation'],
  },
  gollum: { has: ['pages', 'repository'], actions: [] },
  installation: {
    has: ['installation.app_id'],
    only: ['repositories', 'requester'],
    actions: ['created', 'deleted', 'suspend', 'unsuspend', 'new_permissions_accepted'],
    lacks: ['repository'],
  },
  installation_repositories: { has: ['installation', 'repositories_added', 'repositories_removed'] },
  issue_comment: { has: ['issue', 'comment', 'action'] },
  issues: {
    has: ['issue', 'action'],
    lacks: ['comment', 'sub_issue', 'parent_issue', 'blocking_issue', 'blocked_issue'],
  },
  label: { has: ['label', 'action'], lacks: ['issue', 'pull_request', 'discussion'] },
  marketplace_purchase: { has: ['marketplace_purchase', 'action'] },
  member: { has: ['member', 'repository', 'action'], lacks: ['team', 'scope'] },
  membership: { has: ['member', 'team', 'scope', 'organization'] },
  merge_group: { has: ['merge_group', 'action'] },
  meta: { has: ['hook', 'hook_id'], lacks: ['zen'], actions: ['deleted'] },
  milestone: { has: ['milestone', 'action'], lacks: ['issue', 'pull_request'] },
  org_block: { has: ['blocked_user', 'organization'], actions: ['blocked', 'unblocked'] },
  organization: {
    has: ['organization'],
    only: ['membership', 'invitation', 'user'],
    actions: ['deleted', 'renamed', 'member_added', 'member_removed', 'member_invited'],
    lacks: ['repository'],
  },
  package: { has: ['package', 'action'], lacks: ['registry_package'] },
  page_build: { has: ['build', 'id', 'repository'], actions: [] },
  ping: { has: ['zen', 'hook_id'] },
  project: { has: ['project', 'action'] },
  project_card: { has: ['project_card', 'action'] },
  project_column: { has: ['project_column', 'action'] },
  projects_v2: { has: ['projects_v2', 'action'] },
  projects_v2_item: { has: ['projects_v2_item', 'action'] },
  public: { has: ['repository'], only: [], actions: [], lacks: ['changes'] },
  pull_request: { has: ['pull_request', 'number', 'action'], lacks: ['review', 'comment', 'thread'] },
  pull_request_review: { has: ['pull_request', 'review', 'action'] },
  pull_request_review_comment: { has: ['pull_request', 'comment', 'action'], lacks: ['review'] },
  pull_request_review_thread: { has: ['pull_request', 'thread', 'action'] },
  push: { has: ['ref', 'before', 'after', 'commits', 'pusher'], actions: [] },
  registry_package: { has: ['registry_package', 'action'] },
  release: { has: ['release', 'action'] },
  repository: { has: ['repository'], only: [], actions: [...repositoryActions, 'privatized', 'publicized'] },
  repository_dispatch: { has: ['client_payload', 'branch', 'action'] },
  repository_import: { has: ['repository', 'status'], only: ['status'], actions: [] },
  repository_ruleset: { has: ['repository_ruleset', 'action'] },
  repository_vulnerability_alert: { has: ['alert.affected_range', 'repository'] },
  secret_scanning_alert: { has: ['alert.secret_type', 'action'], lacks: ['location'] },
  secret_scanning_alert_location: { has: ['alert', 'location'] },
  security_advisory: { has: ['security_advisory', 'action'] },
  sponsorship: { has: ['sponsorship', 'action'] },
  star: { has: ['starred_at', 'repository'], only: ['starred_at'], actions: ['created', 'deleted'] },
  status: { has: ['sha', 'state', 'context', 'commit'], actions: [] },
  team: { has: ['team', 'action', 'organization'], lacks: ['member'] },
  team_add: { has: ['team', 'repository'], only: ['team'], actions: [] },
  watch: { has: ['repository'], only: [], actions: ['started'] },
  workflow_dispatch: { has: ['workflow', 'inputs', 'ref'], actions: [] },
  workflow_job: { has: ['workflow_job', 'action'] },
  workflow_run: { has: ['workflow_run', 'workflow', 'action'], lacks: ['deployment', 'since'] },
}

/**
 * The kind of event that a bare payload is of, by its members.
 * @throws KeelsonError `record_unmappable` where it fits none, or more than one.
 */
export function inferKind(payload: JsonObject): string {
  const isSigned = textAt(payload, 'sender', 'login') !== undefined || 'security_advisory' in payload
  const kinds = isSigned ? Object.keys(shapes).filter(kind => fits(payload, shapes[kind] ?? {})) : []
  const [kind] = kinds
  if (kind !== undefined && kinds.length === 1) return kind
  const found = kinds.length === 0 ? 'fits no GitHub event' : `could be any of the events ${kinds.join(', ')}`
  throw unmappable(`The record names no event, and its content ${found}`, '/event')
}

function fits(payload: JsonObject, shape: Shape): boolean {
  const has = (name: string): boolean => valueAt(payload, ...name.split('.')) !== undefined
  if (shape.has?.some(name => !has(name)) || shape.lacks?.some(has)) return false
  const { action } = payload
  if (shape.actions?.length === 0 && action !== undefined) return false
  if (shape.actions?.length && !shape.actions.includes(String(action))) return false
  const { only } = shape
  return (
    only === undefined || Object.keys(payload).every(name => anywhere.includes(name) || only.includes(name))
  )
}
