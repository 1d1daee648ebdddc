/** The shape of a `pg` client. */
export interface OutboxClient {
  query(text: string, values?: unknown[]): Promise<{ readonly rows: readonly unknown[] }>
  on(event: 'error', listener: (error: Error) => void): unknown
  on(event: 'notification', listener: () => void): unknown
  release(error?: boolean): void
}

/** The shape of a `pg` pool. */
export interface OutboxPool {
  connect(): Promise<OutboxClient>
}
