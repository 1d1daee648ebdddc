import { AsyncLocalStorage } from 'node:async_hooks'

/** What every call made while handling one request or event belongs to. */
export interface ExecutionContext {
  readonly tenantId?: string
  /** Who acts: the API key's or user's id. */
  readonly actor?: string
  /** Source of events that name none. */
  readonly source?: string
  readonly traceId?: string
  /** W3C Trace Context header as it came. */
  readonly traceparent?: string
  readonly correlationId?: string
  /** The event that is being handled. */
  readonly causationId?: string
  /** How many events in a row were published by handlers before this one, which is being handled. */
  readonly hops?: number
}

const storage = new AsyncLocalStorage<ExecutionContext>()

/** Runs `work` within a context; members of an outer context that are not given here are kept. */
export function runInContext<T>(context: ExecutionContext, work: () => T): T {
  return storage.run(Object.freeze({ ...storage.getStore(), ...context }), work)
}

/** The context of the running call; empty outside of any. */
export function currentContext(): ExecutionContext {
  return storage.getStore() ?? {}
}

const traceparentPattern = /^[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}$/

/** The trace id of a W3C `traceparent`; undefined where it is malformed or all zero. */
export function traceIdOf(traceparent: string): string | undefined {
  const traceId = traceparentPattern.exec(traceparent)?.[1]
  return traceId === undefined || /^0+$/.test(traceId) ? undefined : traceId
}
