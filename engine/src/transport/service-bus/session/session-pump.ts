import type { ServiceBusClient, ServiceBusSessionReceiver } from '@azure/service-bus'
import { systemAlarm } from '../../alarm.ts'
import { busCodeOf } from '../client/bus-error.ts'

export interface PumpTools {
  readonly client: ServiceBusClient
  readonly topic: string
  readonly subscription: string
  readonly ended: AbortSignal
  /** Milliseconds after which an answer is not to be expected any more, where that is known. */
  readonly answersWithin: number | undefined
  /** Resolves when another session may be held. */
  readonly room: () => Promise<void>
  /** Asks only while sessions come. */
  readonly isHelper: boolean
  /** Resolves when the next one has come. */
  readonly busy: () => Promise<void>
  /** Resolves when the line is found to be broken: what was asked before may never be answered. */
  readonly broken: () => Promise<undefined>
  readonly onSession: (receiver: ServiceBusSessionReceiver, topic: string) => void
  readonly onTrouble: (error: unknown) => void
}

/** Messages come as they are, and the lock is renewed by whoever holds it. */
export const sessionOptions = { maxAutoLockRenewalDurationInMs: 0, skipParsingBodyAsJson: true } as const

/** Nobody had anything to say: asked again at once. */
const nothing: readonly (string | undefined)[] = ['ServiceTimeout', 'SessionCannotBeLocked']

const longestPause = 10_000

/**
 * Asks a subscription for one session after another, as its sessions come to have messages. The library has nothing that
 * does it, and stops at the first fault.
 */
export async function pumpSessions(tools: PumpTools): Promise<void> {
  const { client, topic, subscription, ended } = tools
  let faults = 0
  if (tools.isHelper) await tools.busy()
  while (!ended.aborted) {
    await tools.room()
    if (ended.aborted) return
    const over = new AbortController()
    const abortSignal = withinTime(AbortSignal.any([ended, over.signal]), tools.answersWithin)
    try {
      const asked = client.acceptNextSession(topic, subscription, { ...sessionOptions, abortSignal })
      const receiver = await Promise.race([asked, tools.broken()])
      if (receiver === undefined) {
        // What it waits for would hold up everyone who asks over the new line.
        over.abort()
        giveBack(asked)
        continue
      }
      faults = 0
      // The library gives up no call that waits: what comes too late is given back.
      if (ended.aborted) await receiver.close()
      else tools.onSession(receiver, topic)
    } catch (error) {
      if (ended.aborted) return
      const isQuiet = nothing.includes(busCodeOf(error))
      if (!isQuiet) tools.onTrouble(error)
      faults += 1
      if (tools.isHelper) {
        await tools.busy()
        continue
      }
      // By the clock on the wall: it is the broker that has to come back.
      await systemAlarm.wait(isQuiet ? 10 : Math.min(longestPause, 100 * 2 ** faults), ended)
    }
  }
}

const withinTime = (signal: AbortSignal, milliseconds: number | undefined): AbortSignal =>
  milliseconds === undefined ? signal : AbortSignal.any([signal, AbortSignal.timeout(milliseconds)])

/** What comes after nobody waits for it any more is given back. */
function giveBack(asked: Promise<ServiceBusSessionReceiver>): void {
  asked.then(receiver => receiver.close()).catch(() => undefined)
}
