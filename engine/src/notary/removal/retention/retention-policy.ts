import type { JsonObject } from '../../../core/index.ts'
import { KeelsonError } from '../../../core/index.ts'
import type { Document, EventStore } from '../../../store/index.ts'
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
}

export type RetentionPolicyInput = Omit<RetentionPolicy, 'version'>

const mostDays = 365_000
const mostTypes = 100

/**
 * Sets a policy with a `policy` leaf. To repeat it changes nothing.
 *
 * @throws KeelsonError `request_invalid`, `policy_locked`.
 */
export async function setRetentionPolicy(
  context: RemovalContext,
  tenantId: string,
  given: RetentionPolicyInput,
): Promise<RetentionPolicy> {
  const { store } = context
  const input = checkPolicy(given)
  return untilSettled(async () => {
    const state = await loadRemovalState(store, tenantId)
    const document = await store.document(tenantId, retentionPolicyCollection, input.id)
    const before = document && toPolicy(document)
    if (before && isSame(before, input)) return before
    if (before?.locked && !keepsAsMuch(before, input)) throw new KeelsonError('policy_locked')
    const policy: RetentionPolicy = { ...input, version: (before?.version ?? 0) + 1 }
    const { id, ...value } = policy
    const payload = toJson({ action: 'policy', policy: id, ...value })
    const change = {
      tenantId,
      collection: retentionPolicyCollection,
      id,
      value: toJson(value),
      expected: document?.revision ?? 0,
    }
    const appends = [recordWrite(tenantId, 'policy', payload, context)]
    // A page that is being removed by the policy as it was comes before this, or not at all.
    const documents = [change, removalStateChange(state)]
    return (await tryCommit(store, { scope: { tenantId }, appends, documents })) && policy
  })
}

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
