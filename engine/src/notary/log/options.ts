import type { Clock } from '../../core/index.ts'
import { systemClock } from '../../core/index.ts'
import type { WitnessAddress } from '../witness/witness-client.ts'
import type { HeadMemory } from './memory/port.ts'
import type { NotaryAlarm } from './port.ts'
import type { TimestampAuthority } from './publish/endorser.ts'
import type { RecordEvent } from './publish/meta-log.ts'

export interface NotaryOptions {
  /** First part of the origins of the tenants' logs, such as `audit.example.com`; that of the key ring. */
  readonly logName: string
  readonly clock?: Clock
  /** Waits so many milliseconds, or until the signal aborts. */
  readonly wait?: (milliseconds: number, signal: AbortSignal) => Promise<void>
  /** New entries of a tenant after which its head is signed; default 256. */
  readonly leaves?: number
  /** Milliseconds after the first new entry after which it is signed; default 1,000. */
  readonly milliseconds?: number
  /** Witnesses that every checkpoint is sent to. */
  readonly witnesses?: readonly WitnessAddress[]
  /** How many of them must have signed a checkpoint; default none. */
  readonly quorum?: number
  /** Milliseconds without a checkpoint that has so many, after which there is an alarm; default 60,000. */
  readonly quorumPatience?: number
  /** Milliseconds that a witness has for an answer; default 10,000. */
  readonly witnessTimeout?: number
  readonly timestampAuthority?: TimestampAuthority
  /** Milliseconds between two time stamps of a tenant's log; default an hour. */
  readonly timestampEvery?: number
  /** Records all heads in the platform's own log; left out, they are not. */
  readonly record?: RecordEvent
  /** Milliseconds between two such records at the least; default 60,000. */
  readonly recordEvery?: number
  /** Milliseconds after the start before the first of them; default none. */
  readonly recordAfter?: number
  /** Where heads are remembered beside the keys; left out, only the platform's own log remembers them. */
  readonly heads?: HeadMemory
  readonly onAlarm?: (alarm: NotaryAlarm) => void
  /** Tenants whose trees are kept in memory; default 10,000. */
  readonly trees?: number
  /** Milliseconds between two looks at an idle store; default 250. */
  readonly poll?: number
  /** Milliseconds without progress after which the work of another process is taken over; default 3,000. */
  readonly standby?: number
}

export type SettledOptions = Required<Omit<NotaryOptions, 'timestampAuthority' | 'record' | 'heads'>> &
  Pick<NotaryOptions, 'timestampAuthority' | 'record' | 'heads'>

/** @throws TypeError naming every option that is wrong. */
export function settle(options: NotaryOptions): SettledOptions {
  const settled = {
    clock: systemClock,
    wait: pause,
    leaves: 256,
    milliseconds: 1_000,
    witnesses: [],
    quorum: 0,
    quorumPatience: 60_000,
    witnessTimeout: 10_000,
    timestampEvery: 3_600_000,
    recordEvery: 60_000,
    recordAfter: 0,
    onAlarm: () => undefined,
    trees: 10_000,
    poll: 250,
    standby: 3_000,
    ...options,
  }
  const faults: string[] = []
  if (!/^[^\s+/]{1,200}$/u.test(settled.logName)) faults.push('logName is 1 to 200 characters without spaces')
  for (const name of ['leaves', 'milliseconds', 'poll', 'standby', 'witnessTimeout'] as const)
    if (!(settled[name] >= 1)) faults.push(`${name} is ${settled[name]}, not 1 or more`)
  if (!(settled.trees >= 64)) faults.push(`trees is ${settled.trees}, not 64 or more`)
  if (
    !(Number.isInteger(settled.quorum) && settled.quorum >= 0 && settled.quorum <= settled.witnesses.length)
  )
    faults.push(`quorum is ${settled.quorum}, and there are ${settled.witnesses.length} witnesses`)
  if (faults.length > 0) throw new TypeError(`The options of the notary are wrong: ${faults.join('; ')}`)
  return Object.freeze(settled)
}

/** Waits so many milliseconds, or until the signal aborts. */
export function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve()
  return new Promise(resolve => {
    const done = () => {
      clearTimeout(timer)
      signal.removeEventListener('abort', done)
      resolve()
    }
    const timer = setTimeout(done, milliseconds)
    signal.addEventListener('abort', done, { once: true })
  })
}
