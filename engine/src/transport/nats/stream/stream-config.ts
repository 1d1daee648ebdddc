import type { StreamConfig } from '@nats-io/jetstream'
import type { JsonObject, JsonValue } from '../../../core/index.ts'
import { describeLog } from '../../record/log-identity.ts'
import type { TopologyDifference } from '../../topology.ts'
import type { StreamSettings } from './stream-options.ts'
import { streamName, subjectRoot } from './stream-options.ts'

const nanoseconds = 1_000_000

export type WantedStream = Pick<StreamConfig, 'name'> & Partial<StreamConfig>

/** The stream of a partition as it is to be made, of a log where one is named. */
export function wantedStream(settings: StreamSettings, partition: number, log?: string): WantedStream {
  const { maxAge, maxBytes, maxMessages, discard, replicas, storage, duplicateWindow } = settings
  return {
    name: streamName(settings, partition),
    description: describeLog(log),
    subjects: [`${subjectRoot(settings, partition)}.>`],
    retention: 'limits',
    storage,
    discard,
    max_age: maxAge * nanoseconds,
    max_bytes: maxBytes,
    max_msgs: maxMessages,
    max_msgs_per_subject: -1,
    num_replicas: replicas,
    duplicate_window: duplicateWindow * nanoseconds,
  }
}

/** What changes which events come, or in which order: a stream that differs in it is not used. */
const essential = ['subjects', 'retention', 'max_msgs_per_subject', 'mirror', 'sources', 'sealed'] as const

/** What an operator may tune; it is told of, and changed when asked. */
const tunable = [
  'storage',
  'discard',
  'max_age',
  'max_bytes',
  'max_msgs',
  'num_replicas',
  'duplicate_window',
] as const

type Key = (typeof essential)[number] | (typeof tunable)[number]

/** Of what a stream differs in, what it is and what it should be. */
export interface StreamDrift {
  readonly wanted: JsonObject
  readonly present: JsonObject
  /** Whether it cannot be used as it is. */
  readonly isEssential: boolean
}

export function driftOf(wanted: WantedStream, present: Partial<StreamConfig>): StreamDrift | undefined {
  const keys: readonly Key[] = [...essential, ...tunable]
  const differing = keys.filter(key => !isSame(toJson(wanted[key]), toJson(present[key])))
  if (differing.length === 0) return undefined
  const pick = (config: Partial<StreamConfig>): JsonObject =>
    Object.fromEntries(differing.map(key => [key, toJson(config[key])]))
  return {
    wanted: pick(wanted),
    present: pick(present),
    isEssential: differing.some(key => (essential as readonly Key[]).includes(key)),
  }
}

/** A server leaves out what is not set. */
function toJson(value: unknown): JsonValue {
  if (value === undefined || value === false) return null
  return JSON.parse(JSON.stringify(value)) as JsonValue
}

const isSame = (a: JsonValue, b: JsonValue): boolean => JSON.stringify(a) === JSON.stringify(b)

export const asDifference = (name: string, { wanted, present }: StreamDrift): TopologyDifference => ({
  kind: 'different',
  what: 'stream',
  name,
  wanted,
  present,
})
