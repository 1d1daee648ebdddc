import type { JsonObject, JsonValue } from 'keelson'
import { firstText, objectAt, textAt } from '../record/member.ts'
import type { ActorFacts } from '../record/to-audit-event.ts'

type Identity = JsonObject | undefined
type Read = (identity: Identity) => ActorFacts | undefined

const arnOf = (identity: Identity): string | undefined =>
  firstText(identity, ['arn', 'principalId', 'accountId'])
const issuerOf = (identity: Identity): string | undefined =>
  firstText(objectAt(identity, 'sessionContext', 'sessionIssuer'), ['arn', 'principalId', 'userName'])

const user: Read = identity => {
  const id = arnOf(identity) ?? textAt(identity, 'userName')
  const name = textAt(identity, 'userName')
  return id === undefined ? undefined : { type: 'user', id, name, onBehalfOf: issuerOf(identity) }
}

const root: Read = identity => {
  const id = arnOf(identity)
  return id === undefined ? undefined : { type: 'user', id, name: textAt(identity, 'userName') ?? 'root' }
}

/** Someone or something that took on a role; the role is whom it acted for. */
const assumedRole: Read = identity => {
  const id = arnOf(identity)
  if (id === undefined) return undefined
  const source = textAt(identity, 'sessionContext', 'sourceIdentity')
  const session = textAt(identity, 'principalId')?.split(':')[1] ?? id.split('/').at(-1)
  const name = source ?? session
  return {
    type: isPerson(identity, source, session) ? 'user' : 'service',
    id,
    name,
    onBehalfOf: issuerOf(identity),
  }
}

/** A role's session does not say who took it on: people are known by a second factor, single sign-on or an e-mail. */
function isPerson(identity: Identity, source: string | undefined, session: string | undefined): boolean {
  if (textAt(identity, 'invokedBy') !== undefined) return false
  const hasFactor = textAt(identity, 'sessionContext', 'attributes', 'mfaAuthenticated') === 'true'
  const isSignOn = issuerOf(identity)?.includes('AWSReservedSSO_') === true
  return hasFactor || isSignOn || source !== undefined || session?.includes('@') === true
}

/** A principal of another account, or anyone at all. */
const account: Read = identity => {
  const id = firstText(identity, ['arn', 'principalId', 'accountId'])
  if (id === undefined || /^anonymous/i.test(textAt(identity, 'accountId') ?? '')) {
    return { type: 'anonymous', id: 'anonymous' }
  }
  return { type: id.startsWith('AIDA') ? 'user' : 'service', id, name: textAt(identity, 'accountId') }
}

const service: Read = identity => {
  const id = textAt(identity, 'invokedBy')
  return id === undefined ? undefined : { type: 'service', id }
}

const identityCenter: Read = identity => {
  const id = textAt(identity, 'onBehalfOf', 'userId') ?? arnOf(identity)
  return id === undefined ? undefined : { type: 'user', id, name: textAt(identity, 'userName') }
}

const readers: Readonly<Record<string, Read>> = {
  Root: root,
  IAMUser: user,
  AssumedRole: assumedRole,
  Role: assumedRole,
  FederatedUser: user,
  Directory: user,
  AWSAccount: account,
  AWSService: service,
  SAMLUser: user,
  WebIdentityUser: user,
  IdentityCenterUser: identityCenter,
}

/** Who made the call, by CloudTrail's userIdentity; without one, the service that reports the event. */
export function actorOf(record: JsonValue): ActorFacts {
  const identity = objectAt(record, 'userIdentity')
  const read = readers[textAt(identity, 'type') ?? '']
  const known = read?.(identity) ?? service(identity) ?? user(identity)
  return known ?? { type: 'service', id: textAt(record, 'eventSource') ?? 'aws' }
}
