/** Rows of a store's log as both databases have them; ids of tenants, streams and types are numbers of the database. */
export interface TenantRow {
  readonly id: number
  readonly name: string
  /** Number of leaves. */
  readonly size: number
  readonly headHash: string
  /** Milliseconds since the epoch. */
  readonly headTime: number
  readonly headPosition: number
  /** Milliseconds since the epoch; null while the tenant lives. */
  readonly deletedAt: number | null
}

export interface StreamRow {
  readonly id: number
  readonly tenant: number
  readonly name: string
  readonly version: number
  /** 0 open, 1 sealed, 2 tombstoned. */
  readonly state: number
}

export interface TypeRow {
  readonly id: number
  readonly name: string
  readonly topic: string
}

/** How an event's body stands in the database. */
export const bodyNumbers = { present: 0, archived: 1, removed: 2, deleted: 3 } as const

export interface EventRow {
  readonly position: number
  readonly tenant: number
  readonly sequence: number
  readonly stream: number
  readonly version: number
  readonly type: number
  readonly filled: number
  /** One of {@link bodyNumbers}. */
  readonly state: number
  /** Empty where its tenant was deleted. */
  readonly leaf: string
  readonly leafHash: string
  /** base64url; empty unless the body is present. */
  readonly blind: string
  readonly body: string
  /** Sealed disclosures; not of removed events. */
  readonly secrets: string
}

export interface EventIdRow {
  readonly position: number
  readonly tenant: number
  readonly id: string
}

export interface LinkRow {
  readonly position: number
  readonly tenant: number
  readonly link: string
}

export interface KeyRow {
  readonly position: number
  readonly tenant: number
  readonly key: string
  readonly count: number
}

export interface CheckpointRow {
  readonly name: string
  readonly position: number
}

export interface DocumentRow {
  readonly tenant: string
  readonly collection: string
  readonly id: string
  readonly revision: number
  readonly due: number | null
  /** JSON text. */
  readonly value: string
}

/** The tables of a store by name, with their rows. */
export interface StoreRows {
  readonly tenant: TenantRow
  readonly stream: StreamRow
  readonly type: TypeRow
  readonly event: EventRow
  readonly eventId: EventIdRow
  readonly link: LinkRow
  readonly key: KeyRow
  readonly checkpoint: CheckpointRow
  readonly document: DocumentRow
}

export type TableName = keyof StoreRows

/** Tables that a shard has of its own; `checkpoint` and `document` belong to the whole store. */
export const logTables = ['tenant', 'stream', 'type', 'event', 'eventId', 'link', 'key'] as const
