import type { Middleware } from '../handler.ts'

/** Stands around a handler that reaches outside, such as one that sends mail: a replay without side effects passes it by. */
export const withSideEffects: Middleware = next => (event, context) =>
  context.replay?.sideEffects === false ? undefined : next(event, context)
