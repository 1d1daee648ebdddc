import type { JsonObject } from 'keelson'
import { firstText, listAt, objectAt, textAt } from '../record/member.ts'
import type { ResourceFacts } from '../record/to-audit-event.ts'

type Locate = (payload: JsonObject, scope: string) => ResourceFacts | undefined

/** Things with a number that people know them by: `owner/repo#2`. */
const numbered =
  (type: string, member = type): Locate =>
  (payload, scope) => {
    const thing = objectAt(payload, member)
    const number = textAt(thing, 'number')
    return number === undefined ? undefined : { type, id: `${scope}#${number}`, ...label(thing) }
  }

/** Things below a repository or an organization: `owner/repo/release/17372790`. */
const below =
  (type: string, member = type, ids: readonly string[] = ['id', 'number', 'node_id']): Locate =>
  (payload, scope) => {
    const thing = objectAt(payload, member)
    const id = firstText(thing, ids)
    return id === undefined ? undefined : { type, id: `${scope}/${type}/${id}`, ...label(thing) }
  }

const repository =
  (member = 'repository'): Locate =>
  payload => {
    const id = textAt(payload, member, 'full_name')
    return id === undefined
      ? undefined
      : { type: 'repository', id, name: id, url: textAt(payload, member, 'html_url') }
  }

const organization: Locate = payload => {
  const id = textAt(payload, 'organization', 'login')
  return id === undefined
    ? undefined
    : { type: 'organization', id, name: id, url: `https://github.com/${id}` }
}

/** A person who was made, or is no longer, a member of something. */
const person =
  (...path: string[]): Locate =>
  (payload, scope) => {
    const account = objectAt(payload, ...path)
    const id = firstText(account, ['id', 'login', 'email'])
    return id === undefined ? undefined : { type: 'member', id: `${scope}/member/${id}`, ...label(account) }
  }

/** `refs/heads/main` or, with its type told, `main`: `owner/repo@refs/heads/main`. */
const reference: Locate = (payload, scope) => {
  const ref = textAt(payload, 'ref')
  const told = textAt(payload, 'ref_type')
  if (ref === undefined || told === 'repository') return repository()(payload, scope)
  const isTag = told === 'tag' || ref.startsWith('refs/tags/')
  const name = ref.replace(/^refs\/(heads|tags)\//, '')
  const full = ref.startsWith('refs/') ? ref : `refs/${isTag ? 'tags' : 'heads'}/${name}`
  const home = textAt(payload, 'repository', 'html_url')
  const url = home === undefined ? undefined : `${home}/tree/${name}`
  return { type: isTag ? 'tag' : 'branch', id: `${scope}@${full}`, name, url }
}

const commit: Locate = (payload, scope) => {
  const sha = textAt(payload, 'sha')
  const url = textAt(payload, 'commit', 'html_url')
  return sha === undefined ? undefined : { type: 'commit', id: `${scope}@${sha}`, name: sha.slice(0, 7), url }
}

const wikiPage: Locate = (payload, scope) => {
  const page = listAt(payload, 'pages')[0]
  const name = firstText(page, ['page_name', 'title'])
  return name === undefined
    ? undefined
    : { type: 'wiki_page', id: `${scope}/wiki/${name}`, ...label(page as JsonObject) }
}

const workflow: Locate = (payload, scope) => {
  const path = textAt(payload, 'workflow')
  return path === undefined ? undefined : { type: 'workflow', id: `${scope}/workflow/${path}`, name: path }
}

/** A team belongs to its organization, whichever repository it gets. */
const team: Locate = (payload, scope) =>
  below('team', 'team', ['slug', 'id'])(payload, textAt(payload, 'organization', 'login') ?? scope)

const advisory: Locate = payload => {
  const id = textAt(payload, 'security_advisory', 'ghsa_id')
  const name = textAt(payload, 'security_advisory', 'summary')
  return id === undefined
    ? undefined
    : { type: 'security_advisory', id, name, url: `https://github.com/advisories/${id}` }
}

/** What each event was done to, where that is not the member named after the event. */
const located: Readonly<Record<string, Locate>> = {
  branch_protection_rule: below('branch_protection_rule', 'rule'),
  code_scanning_alert: below('code_scanning_alert', 'alert', ['number']),
  commit_comment: below('commit_comment', 'comment'),
  create: reference,
  delete: reference,
  dependabot_alert: below('dependabot_alert', 'alert', ['number']),
  deploy_key: below('deploy_key', 'key'),
  deployment_protection_rule: below('deployment'),
  deployment_review: below('workflow_run'),
  deployment_status: below('deployment'),
  discussion: numbered('discussion'),
  discussion_comment: below('discussion_comment', 'comment'),
  fork: repository(),
  gollum: wikiPage,
  installation_repositories: below('installation'),
  issue_comment: below('issue_comment', 'comment'),
  issues: numbered('issue'),
  member: person('member'),
  membership: (payload, scope) => person('member')(payload, team(payload, scope)?.id ?? scope),
  merge_group: below('merge_group', 'merge_group', ['head_sha']),
  meta: below('webhook', 'hook'),
  org_block: person('blocked_user'),
  organization: (payload, scope) =>
    person('membership', 'user')(payload, scope) ??
    person('invitation')(payload, scope) ??
    organization(payload, scope),
  page_build: (payload, scope) => ({
    type: 'page_build',
    id: `${scope}/page_build/${textAt(payload, 'id') ?? 'last'}`,
  }),
  ping: below('webhook', 'hook'),
  pull_request: numbered('pull_request'),
  pull_request_review: below('pull_request_review', 'review'),
  pull_request_review_comment: below('pull_request_review_comment', 'comment'),
  pull_request_review_thread: below('pull_request_review_thread', 'thread'),
  push: reference,
  repository: repository(),
  repository_vulnerability_alert: below('repository_vulnerability_alert', 'alert'),
  secret_scanning_alert: below('secret_scanning_alert', 'alert', ['number']),
  security_advisory: advisory,
  status: commit,
  team,
  team_add: team,
  workflow_dispatch: workflow,
}

/** Where the event happened: the repository, else the organization, else the account of an app or the sender. */
export function scopeOf(payload: JsonObject): string {
  return (
    textAt(payload, 'repository', 'full_name') ??
    textAt(payload, 'organization', 'login') ??
    textAt(payload, 'installation', 'account', 'login') ??
    textAt(payload, 'sender', 'login') ??
    'github'
  )
}

/** What the event was done to; at least the repository or organization that it happened in. */
export function resourceOf(event: string, payload: JsonObject): ResourceFacts {
  const scope = scopeOf(payload)
  const locate = located[event] ?? below(event)
  return (
    locate(payload, scope) ??
    repository()(payload, scope) ??
    organization(payload, scope) ?? { type: event, id: scope, name: scope }
  )
}

function label(thing: JsonObject | undefined): Pick<ResourceFacts, 'name' | 'url'> {
  return {
    name: firstText(thing, [
      'title',
      'name',
      'display_title',
      'tag_name',
      'login',
      'environment',
      'page_name',
      'email',
    ]),
    url: textAt(thing, 'html_url'),
  }
}
