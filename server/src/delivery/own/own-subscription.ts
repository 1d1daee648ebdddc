import type { Document, JsonObject } from 'keelson'
import { isJsonObject } from 'keelson'
import type { RetryView, StartView } from '../../api/types.ts'

/** What a tenant has said of a subscription of its own, every default filled in. */
export interface OwnDefinition {
  readonly types: readonly string[] | null
  readonly topics: readonly string[] | null
  /** Text of a filter that was parsed once. */
  readonly filter: string | null
  readonly start: StartView
  readonly retry: RetryView
  readonly deadLetter: 'setAside' | 'parkKey'
  readonly concurrency: number
  readonly timeoutSeconds: number
}

export const ownDefaults = {
  types: null,
  topics: null,
  filter: null,
  start: 'beginning',
  retry: { attempts: 5, backoff: 'exponential', initialSeconds: 1, maxSeconds: 300, jitter: 'full' },
  deadLetter: 'setAside',
  concurrency: 100,
  timeoutSeconds: 30,
} as const satisfies OwnDefinition

/** A subscription that a tenant made through the API, as it is kept: a document of the tenant. */
export interface OwnSubscription {
  readonly tenantId: string
  readonly name: string
  /** Tells it from one of its name that was deleted before. */
  readonly id: string
  readonly definition: OwnDefinition
  readonly isPaused: boolean
  readonly createdAt: string
  readonly updatedAt: string
  /** Id of a key. */
  readonly createdBy: string
  /** Makes a repeated request to make it safe. */
  readonly idempotencyKey: string | null
  readonly revision: number
}

export const ownCollection = 'pull-subscription'

/** Names of the engine's subscriptions that begin so are those of tenants. */
export const ownPrefix = 't/'

/** What the engine's names of a tenant's subscriptions begin with. */
export const subscriptionsOf = (tenantId: string): string => `${ownPrefix}${tenantId}/`

/**
 * The engine's name for it. The tenant is part of it, and comes from the credential: no name that a caller gives leads
 * to another tenant's.
 */
export const engineNameOf = ({ tenantId, name, id }: OwnSubscription): string =>
  `${subscriptionsOf(tenantId)}${name}@${id}`

/** What `engineNameOf` was made of; undefined where the name is not of a tenant's own. */
export function readEngineName(
  engineName: string,
): { readonly tenantId: string; readonly name: string; readonly id: string } | undefined {
  const [, tenantId, name, id] = /^t\/([a-z0-9-]{1,64})\/([\w.-]{1,50})@(\w+)$/.exec(engineName) ?? []
  return tenantId === undefined || name === undefined || id === undefined ? undefined : { tenantId, name, id }
}

/** It changes whenever something of it does. */
export const etagOf = ({ id, revision }: OwnSubscription): string => `"${id}-${revision}"`

export function toValue(own: OwnSubscription): JsonObject {
  const { id, definition, isPaused, createdAt, updatedAt, createdBy, idempotencyKey } = own
  return {
    id,
    definition: { ...definition } as unknown as JsonObject,
    isPaused,
    createdAt,
    updatedAt,
    createdBy,
    idempotencyKey,
  }
}

/** Undefined where the document is none of these. */
export function readOwn({ tenantId, id: name, value, revision }: Document): OwnSubscription | undefined {
  if (!isJsonObject(value) || !isJsonObject(value['definition'])) return undefined
  const { id, isPaused, createdAt, updatedAt, createdBy, idempotencyKey } = value
  return {
    tenantId,
    name,
    id: String(id),
    definition: { ...ownDefaults, ...(value['definition'] as Partial<OwnDefinition>) },
    isPaused: isPaused === true,
    createdAt: String(createdAt),
    updatedAt: String(updatedAt),
    createdBy: String(createdBy),
    idempotencyKey: typeof idempotencyKey === 'string' ? idempotencyKey : null,
    revision,
  }
}
