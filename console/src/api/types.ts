/** Shapes of the HTTP API, as the server documents them under /v1. */

export type JsonValue =
  | null
  | boolean
  | number
  | string
  | readonly JsonValue[]
  | { readonly [key: string]: JsonValue }

export type Role = 'platform-admin' | 'admin' | 'writer' | 'reader' | 'observer' | 'consumer'
export type Outcome = 'success' | 'failure' | 'denied' | 'unknown'

export interface Me {
  readonly key: { readonly id: string; readonly name: string; readonly prefix: string }
  readonly role: Role
  readonly permissions: readonly string[]
  readonly tenant: { readonly id: string; readonly name: string } | null
  readonly version: string
}

export interface ApiKey {
  readonly id: string
  readonly name: string
}

export interface Tenant {
  readonly id: string
  readonly name: string
  readonly createdAt: string
}

export interface Party {
  readonly type: string
  readonly id: string
  readonly name?: string
}

export interface AuditView {
  readonly actor: Party | null
  readonly action: string
  readonly resource: Party | null
  readonly outcome: Outcome
  readonly address: string | null
  readonly summary: string
}

export interface EventItem {
  readonly position: number
  readonly sequence: number
  readonly stream: string
  readonly version: number
  readonly recordedAt: string
  readonly leafHash: string
  readonly previousHash: string
  readonly eventId: string
  readonly eventType: string
  readonly schemaVersion: string
  readonly tenantId: string
  readonly source: string
  readonly occurredAt: string
  readonly correlationId: string
  readonly traceId: string
  readonly causationId?: string
  readonly projectId?: string
  readonly moduleId?: string
  readonly aggregateType?: string
  readonly aggregateId?: string
  readonly traceparent?: string
  readonly metadata?: JsonValue
  readonly payload?: JsonValue
  readonly audit: AuditView
}

export interface Page {
  readonly nextCursor: string | null
  readonly hasMore: boolean
}

export interface EventList {
  readonly data: readonly EventItem[]
  readonly page: Page
  readonly head: number
}

export interface StreamList {
  readonly data: readonly EventItem[]
  readonly page: Page
}

export const FACETS = ['type', 'actor', 'action', 'resource', 'outcome', 'source'] as const
export type FacetName = (typeof FACETS)[number]

export interface FacetValue {
  readonly value: string
  readonly count: number
  readonly label?: string
}

export interface FacetResult {
  readonly total: number
  readonly capped: boolean
  readonly facets: Readonly<Record<FacetName, readonly FacetValue[]>>
}

export interface Definition {
  readonly type: string
  readonly version: string
  readonly kind: string
  readonly topic: string
  readonly producer: string
  readonly consumers: readonly string[]
  readonly summary: string
}

export interface Seal {
  /** The exact text that is hashed, not a re-serialisation of it. */
  readonly leaf: string
  readonly leafHash: string
  readonly previousHash: string
  readonly blind: string
  readonly body: string
}

export interface EventDetail {
  readonly event: EventItem
  readonly definition: Definition | null
  readonly seal: Seal
  readonly neighbours: { readonly previous: EventItem | null; readonly next: EventItem | null }
}
