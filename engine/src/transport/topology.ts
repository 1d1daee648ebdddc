import type { JsonValue } from '../core/index.ts'

/** One thing on a broker that is not as the options say. `what` is its kind, such as `stream`; `name` its name there. */
export interface TopologyDifference {
  /** `extra` is what nobody asked for; it is told of and never removed. */
  readonly kind: 'missing' | 'different' | 'extra'
  readonly what: string
  readonly name: string
  /** What the options say, where something is said about it. */
  readonly wanted?: JsonValue
  /** What the broker has. */
  readonly present?: JsonValue
}

/** What a transport needs on its broker, compared with what is there. */
export interface TransportTopology {
  /** Changes nothing. Empty where all is as it should be. */
  diff(signal: AbortSignal): Promise<readonly TopologyDifference[]>
  /** Makes what is missing and changes what can be changed; returns the differences that are left. */
  apply(signal: AbortSignal): Promise<readonly TopologyDifference[]>
}
