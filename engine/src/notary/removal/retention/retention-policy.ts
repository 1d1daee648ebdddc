import type { JsonObject } from '../../../core/index.ts'
import { canonicalJson, KeelsonError } from '../../../core/index.ts'
import type { Document, EventStore } from '../../../store/index.ts'
import { activeApprovers } from '../approval/approvers.ts'
import type { ApproverConsent } from '../approval/consent.ts'
import { consentMembers } from '../approval/consent.ts'
import { recordWrite } from '../record/record-write.ts'
import type { RemovalContext } from '../removal-context.ts'
import { loadRemovalState, removalStateChange } from '../removal-state.ts'
import { documentsOf, tryCommit, untilSettled } from '../tenant-documents.ts'

export const retentionPolicyCollection = 'retention-policy'

/** For how long a tenant's events are kept at least, before their content may be removed. */
export interface RetentionPolicy {
  readonly id: string
  /** From 1, one more with each change. */
  readonly version: number
  /** Days since an event was recorded. */
  readonly minimumDays: number
  /** A locked policy keeps as much as it does, or more, and stays locked. */
  readonly locked: boolean
  /** Only events of these types; all where it is absent. */
  readonly eventTypes?: readonly string[]
  /** Approvers who have signed it; absent where there were none. */
  readonly approvedBy?: readonly string[]
  /** Where it was to be set, and was so already. */
  readonly isRepeat?: true
}

export type RetentionPolicyInput = Omit<RetentionPolicy, 'version' | 'approvedBy' | 'isRepeat'>

/** What setting policies works with. */
type PolicyTools = Pick<RemovalContext, 'store' | 'clock' | 'ids'>

/**
 * The policy by which content of tombstoned and hidden events is removed, whatever its age. Nothing else is removed by it,
 * and it can be nothing else.
 */
export const scavengePolicy: RetentionPolicyInput = { id: 'scavenge', minimumDays: 0, locked: false }

const mostDays = 365_000
const mostTypes = 100

/** The exact text that an approver signs to agree to a policy: the record without `sigs`, in JCS. */
const policyText = ({ id, approvedBy: _, ...value }: RetentionPolicy): string =>
  canonicalJson(toJson({ action: 'policy', policy: id, ...value }))

/**
 * What there would be to sign for a policy as it is given. It holds until the policy is changed.
 *
 * @throws KeelsonError `request_invalid`, `policy_locked`.
 */
export async function retentionPolicyRecord(
  store: EventStore,
  tenantId: string,
  given: RetentionPolicyInput,
): Promise<string> {
  const input = checkPolicy(given)
  const before = await loadPolicy(store, tenantId, input.id)
  return policyText(nextPolicy(before && toPolicy(before), input))
}

function nextPolicy(before: RetentionPolicy | undefined, input: RetentionPolicyInput): RetentionPolicy {
  if (before?.locked && !keepsAsMuch(before, input)) throw new KeelsonError('policy_locked')
  return { ...input, version: (before?.version ?? 0) + 1 }
}

/**
 * Sets a policy with a `policy` leaf. To repeat it changes nothing. Once there are approvers one of them agrees: by a policy
 * that nobody has signed nothing is removed any more, and to set it anew with a signature makes a version of it.
 *
 * @throws KeelsonError `request_invalid`, `policy_locked`, `approval_invalid`.
 */
export async function setRetentionPolicy(
  tools: PolicyTools,
  tenantId: string,
  given: RetentionPolicyInput,
  consent?: ApproverConsent,
): Promise<RetentionPolicy> {
  const { store } = tools
  const input = checkPolicy(given)
  return untilSettled(async () => {
    const state = await loadRemovalState(store, tenantId)
    const active = await activeApprovers(store, tenantId)
    const document = await loadPolicy(store, tenantId, input.id)
    const before = document && toPolicy(document)
    if (before && isSame(before, input) && isAgreed(before, active)) return { ...before, isRepeat: true }
    const next = nextPolicy(before, input)
    const text = policyText(next)
    const refusal = `The policy ${input.id} is to be signed by one of the approvers`
    const sigs = consentMembers(active, text, consent, refusal)
    const policy = active.length === 0 || !consent ? next : { ...next, approvedBy: [consent.name] }
    const { id, ...value } = policy
    const change = {
      tenantId,
      collection: retentionPolicyCollection,
      id,
      value: toJson(value),
      expected: document?.revision ?? 0,
    }
    const appends = [recordWrite(tenantId, 'policy', { ...(JSON.parse(text) as JsonObject), ...sigs }, tools)]
    // A page that is being removed by the policy as it was comes before this, or not at all.
    const documents = [change, removalStateChange(state)]
    return (await tryCommit(store, { scope: { tenantId }, appends, documents })) && policy
  })
}

/** Whether anything may be removed by the policy, now that these are the approvers. */
const isAgreed = ({ approvedBy = [] }: RetentionPolicy, active: readonly unknown[]): boolean =>
  active.length === 0 || approvedBy.length > 0

/** @throws KeelsonError `approval_invalid` where there are approvers, and none has signed the policy. */
export async function refuseUnsigned(
  store: EventStore,
  tenantId: string,
  policy: RetentionPolicy,
): Promise<void> {
  if (isAgreed(policy, await activeApprovers(store, tenantId))) return
  throw new KeelsonError(
    'approval_invalid',
    `No approver has signed the policy ${policy.id}@${policy.version}: set it again, with a signature`,
  )
}

const loadPolicy = (store: EventStore, tenantId: string, id: string): Promise<Document | undefined> =>
  store.document(tenantId, retentionPolicyCollection, id)

export async function findRetentionPolicy(
  store: EventStore,
  tenantId: string,
  id: string,
): Promise<RetentionPolicy> {
  const document = idPattern.test(id)
    ? await store.document(tenantId, retentionPolicyCollection, id)
    : undefined
  if (document === undefined) throw new KeelsonError('not_found', 'There is no such retention policy')
  return toPolicy(document)
}

export async function listRetentionPolicies(
  store: EventStore,
  tenantId: string,
): Promise<readonly RetentionPolicy[]> {
  const policies: RetentionPolicy[] = []
  for await (const document of documentsOf(store, tenantId, retentionPolicyCollection))
    policies.push(toPolicy(document))
  return policies
}

const toPolicy = ({ id, value }: Document): RetentionPolicy => ({
  ...(value as unknown as Omit<RetentionPolicy, 'id'>),
  id,
})

const idPattern = /^[a-z0-9][a-z0-9._-]{0,63}$/

function checkPolicy({ id, minimumDays, locked, eventTypes }: RetentionPolicyInput): RetentionPolicyInput {
  if (typeof id !== 'string' || !idPattern.test(id))
    refuse('A retention policy is named by 1 to 64 of a-z 0-9 . _ -')
  if (id === scavengePolicy.id) {
    if (minimumDays === 0 && locked === false && eventTypes === undefined) return scavengePolicy
    refuse('The policy scavenge is for tombstoned and hidden events: 0 days, not locked, every type')
  }
  if (!Number.isInteger(minimumDays) || minimumDays < 1 || minimumDays > mostDays)
    refuse(`A retention policy keeps events for 1 to ${mostDays} days`)
  if (typeof locked !== 'boolean') refuse('A retention policy is locked or not: true or false')
  if (eventTypes === undefined) return { id, minimumDays, locked }
  const isList = Array.isArray(eventTypes) && eventTypes.length > 0 && eventTypes.length <= mostTypes
  if (!isList || !eventTypes.every(type => typeof type === 'string' && /^[\w.:/-]{1,128}$/.test(type)))
    refuse(`The event types of a retention policy are 1 to ${mostTypes} names`)
  return { id, minimumDays, locked, eventTypes: [...new Set(eventTypes)].sort() }
}

const isSame = (
  policy: RetentionPolicy,
  { minimumDays, locked, eventTypes }: RetentionPolicyInput,
): boolean =>
  policy.minimumDays === minimumDays &&
  policy.locked === locked &&
  String(policy.eventTypes) === String(eventTypes)

function keepsAsMuch(before: RetentionPolicy, after: RetentionPolicyInput): boolean {
  if (!after.locked || after.minimumDays < before.minimumDays) return false
  if (before.eventTypes === undefined) return true
  return after.eventTypes?.every(type => before.eventTypes?.includes(type)) ?? false
}

const toJson = (value: object): JsonObject => JSON.parse(JSON.stringify(value))

function refuse(message: string): never {
  throw new KeelsonError('request_invalid', message)
}
